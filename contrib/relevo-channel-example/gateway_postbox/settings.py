"""One ``[[accounts]]`` entry of channel ``postbox``: one program that takes and sends messages."""

from __future__ import annotations

from typing import Annotated

from gateway.api import ChannelSettings, Secrets
from msgspec import Meta


class PostboxSettings(ChannelSettings, frozen=True, kw_only=True):
    """One program at the other end."""

    # Yours (1): what tells one account from another, and what it takes to act for it. What must
    # not be shown is a Secret, or Secrets where two are active while one is changed.
    api_url: Annotated[
        str, Meta(pattern="^https?://[^/]", description="Where messages to contacts are posted.")
    ]
    signing_secret: Annotated[
        Secrets,
        Meta(
            description="Signs what comes and what goes; two while it is changed: both are taken, "
            "the first one signs."
        ),
    ]
    tolerance_seconds: Annotated[
        int,
        Meta(ge=1, description="How far a signature's time may be from ours, against replays."),
    ] = 300
