"""Relevo: the messaging edge. Plugins import ``gateway.api``; nothing else here is for them."""

from typing import Final

__version__: Final = "0.1.0"
