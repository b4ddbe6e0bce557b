"""How a channel tells the gateway where a file is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

import msgspec


class MediaAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Where to fetch a file, now.

    Attributes:
        url: Https, of a host the channel vouches for; checked against private networks all the
            same, unless ``trusted`` (an operator's own setting names the host).
        headers: What must go along; secrets stay here and out of every event and log.
        trusted: The host comes from this account's settings (a simulator, a local Bot API server).
    """

    url: str
    headers: Mapping[str, str] = MappingProxyType({})
    trusted: bool = False


class Fetcher(Protocol):
    """Small JSON calls to the platform, as a channel needs them to find a file."""

    async def get_json(
        self, url: str, *, headers: Mapping[str, str], trusted: bool = False
    ) -> tuple[int, object]:
        """Return the HTTP status and the decoded body.

        Raises:
            MediaUnavailable: The platform cannot be reached or does not answer with JSON.
        """
        ...
