"""What the tests of plugins use, ours and others'; see ``docs/testing-a-plugin.md``.

``contract`` tests every channel inherits · ``mutation`` broken bodies made from real ones ·
``whatsapp`` a simulated platform · ``delivery`` how platforms deliver webhooks, shared by the
simulators · ``host`` what awaiting methods get · ``valkey`` real servers · ``pytest_plugin`` fixtures · ``events`` ready events.
"""
