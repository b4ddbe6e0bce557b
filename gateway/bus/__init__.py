"""Redis: its keys, its connections, its scripts, and the embedded server."""
