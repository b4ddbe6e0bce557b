"""The two listeners: public for platforms, private for operators."""
