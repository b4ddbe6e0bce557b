"""What the tests of plugins use, ours and others': platform simulators and contracts."""
