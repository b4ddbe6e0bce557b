"""What Meta's channels have in common: signatures, callbacks, and the chat platform."""
