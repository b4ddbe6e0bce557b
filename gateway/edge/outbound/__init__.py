"""Sends messages under each platform's rules: see docs/sending.md and docs/decisions/0012.

``outbox`` what callers ask · ``ticket`` what waits in a lane · ``account`` what sends, for one
account · ``partition`` what owns a partition's accounts · ``engine`` which partitions we own.
"""
