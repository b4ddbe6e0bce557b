"""The edge: what comes in is committed once, files are fetched, streams are kept in bounds."""
