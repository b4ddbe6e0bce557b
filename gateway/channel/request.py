"""What a webhook brings, as a value: ``parse`` sees nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

NO_ACCOUNTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({})
NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})


class WebhookRequest(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One HTTP request of a platform.

    Attributes:
        body: The raw bytes; signatures are over these.
        received_at: Milliseconds since 1970, when it came; becomes ``at`` of its events.
        method: Upper case.
        headers: Looked up without regard to case; names given in lower case.
        query: Query parameters.
        accounts: Which accounts this request may speak for, by the platform's own id of each
            (see ``Channel.identities``): those whose secret signed it. Empty when it is only
            read, without any account (``relevo parse``); then everything is taken for the
            channel's own.
    """

    body: bytes
    received_at: int
    method: str = "POST"
    headers: Mapping[str, str] = NO_HEADERS
    query: Mapping[str, str] = NO_HEADERS
    accounts: Mapping[str, tuple[str, ...]] = NO_ACCOUNTS
