"""Where Meta's Graph API is, and the version of it that we speak."""

from __future__ import annotations

from typing import Final

API_VERSION: Final = "v26.0"
FACEBOOK: Final = "graph.facebook.com"
INSTAGRAM: Final = "graph.instagram.com"

FACEBOOK_URL: Final = f"https://{FACEBOOK}/{API_VERSION}"
INSTAGRAM_URL: Final = f"https://{INSTAGRAM}/{API_VERSION}"
