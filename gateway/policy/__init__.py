"""Decisions, pure: they see values, never Redis, HTTP or a clock."""
