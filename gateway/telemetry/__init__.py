"""What operators see: ``metrics`` and ``logs`` are the two tables, ``setup`` applies settings."""
