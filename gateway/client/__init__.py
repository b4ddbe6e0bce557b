"""Reading the streams from Python: a consumer in ten lines."""
