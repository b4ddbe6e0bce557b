"""What the tests of plugins use, ours and others'; see ``docs/testing-a-plugin.md``.

``contract`` tests every channel inherits · ``recorded`` payloads in files · ``mutation`` broken
bodies made from real ones · ``host`` what awaiting methods get · ``whatsapp`` a simulated platform ·
``delivery`` how platforms deliver webhooks, shared by the simulators · ``valkey`` real servers ·
``pytest_plugin`` fixtures · ``events`` ready events.
"""
