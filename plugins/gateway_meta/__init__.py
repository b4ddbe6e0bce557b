"""What Meta's channels have in common: how webhooks are signed and callbacks are confirmed."""
