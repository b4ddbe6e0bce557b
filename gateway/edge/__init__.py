"""The edge: what comes in is committed once, files are fetched, platforms are called."""
