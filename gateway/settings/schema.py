"""Every setting, its default and its meaning; ``etc/relevo.toml`` is rendered from here.

A table is a class, a key is a field, ``Meta(description=…)`` is what the operator reads. Units
are at the end of the names. Accounts are not here: their keys belong to the channels' plugins
(``ChannelSettings``).
"""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal, TypeAlias, get_args

import msgspec
from msgspec import Meta

from gateway.settings.secret import HIDDEN

EMBEDDED: Final = "embedded"
"""The ``redis.url`` that means: start a Valkey of our own."""

REDIS_SCHEMES: Final = (
    "redis",
    "rediss",
    "unix",
    "redis+cluster",
    "rediss+cluster",
    "redis+sentinel",
    "rediss+sentinel",
)

Positive: TypeAlias = Annotated[int, Meta(ge=1)]


Role: TypeAlias = Literal["ingress", "egress"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of settings; unknown keys are errors."""


class HttpSettings(Table, frozen=True, kw_only=True):
    """The two listeners."""

    public: Annotated[
        str,
        Meta(
            description="Address for platforms and contacts (webhooks, Flows, web chat): host:port, "
            "[v6]:port or unix:/path."
        ),
    ] = "127.0.0.1:8080"
    private: Annotated[
        str, Meta(description="Address for you: API, /docs, /metrics, /livez, /readyz.")
    ] = "127.0.0.1:8081"
    api_keys: Annotated[
        Literal["loopback_free", "required"],
        Meta(
            description="Who needs an API key (relevo keys create): everybody, or all but callers "
            "on this machine; a proxy's callers and a browser's pages are never those."
        ),
    ] = "loopback_free"
    body_limit_bytes: Annotated[
        Positive,
        Meta(description="Largest webhook (Meta sends up to 3 MB), and largest JSON of the API."),
    ] = 3 * 1024 * 1024
    header_timeout_seconds: Annotated[
        Positive, Meta(description="A client that has not sent its request head by then is cut.")
    ] = 10
    body_timeout_seconds: Annotated[
        Positive, Meta(description="A client that has not sent its body by then gets 408.")
    ] = 10
    keepalive_timeout_seconds: Annotated[
        Positive, Meta(description="Idle connections are closed after this time.")
    ] = 75
    connection_limit: Annotated[
        Positive, Meta(description="Open connections of the public listener; more are refused.")
    ] = 10_000


class RedisSettings(Table, frozen=True, kw_only=True):
    """Where events, windows, ids and messages to be sent are kept."""

    url: Annotated[
        str,
        Meta(
            description="embedded, or redis:// rediss:// unix:// redis+cluster:// "
            "redis+sentinel://HOST:PORT,HOST:PORT/SERVICE."
        ),
    ] = EMBEDDED
    timeout_seconds: Annotated[
        Positive, Meta(description="A command without an answer by then counts as failed.")
    ] = 5
    appendfsync: Annotated[
        Literal["always", "everysec"],
        Meta(
            description="Of the embedded Valkey: confirm what is on the disk, "
            'or what will be within a second or two ("everysec").'
        ),
    ] = "always"

    def __repr__(self) -> str:
        shown = re.sub(r"\?.*", "?…", re.sub(r"(?<=//).*@", f"{HIDDEN}@", self.url))
        return (
            f"RedisSettings(url={shown!r}, timeout_seconds={self.timeout_seconds!r}, "
            f"appendfsync={self.appendfsync!r})"
        )


class StreamSettings(Table, frozen=True, kw_only=True):
    """The event streams."""

    partitions: Annotated[
        int,
        Meta(ge=1, le=100, description="Number of streams; fixed at the first start."),
    ] = 8
    max_age_days: Annotated[Positive, Meta(description="Older events are trimmed.")] = 30
    max_length: Annotated[Positive, Meta(description="Events kept per stream, about.")] = 1_000_000


class SpoolSettings(Table, frozen=True, kw_only=True):
    """Where events wait on disk while Redis is away."""

    max_bytes: Annotated[
        Positive, Meta(description="When full, webhooks get 503 and the platform retries.")
    ] = 1024 * 1024 * 1024


class MediaSettings(Table, frozen=True, kw_only=True):
    """Files of messages."""

    enabled: Annotated[bool, Meta(description="Fetch files at all.")] = True
    url: Annotated[
        str,
        Meta(
            description="Where to keep them: empty for a folder in data_dir, or file:// s3:// "
            "gs:// az://…"
        ),
    ] = ""
    max_bytes: Annotated[Positive, Meta(description="Larger files are refused.")] = (
        100 * 1024 * 1024
    )
    attempts: Annotated[
        Positive, Meta(description="How often a file is tried before it is given up.")
    ] = 6
    workers: Annotated[Positive, Meta(description="Files fetched at the same time.")] = 8
    timeout_seconds: Annotated[Positive, Meta(description="For one attempt.")] = 60


class OutboundSettings(Table, frozen=True, kw_only=True):
    """Sending messages."""

    concurrency: Annotated[
        Positive, Meta(description="Messages of one account under way at the same time.")
    ] = 256
    attempts: Annotated[
        Positive, Meta(description="How often a message is tried before it has failed.")
    ] = 8
    hold_hours: Annotated[
        Positive,
        Meta(description="How long a held message waits for its contact to write."),
    ] = 72
    record_days: Annotated[
        Positive, Meta(description="How long records of messages and their statuses are kept.")
    ] = 30
    lease_seconds: Annotated[
        int,
        Meta(
            ge=2,
            le=10,
            description="After this time without a sign of life another process takes over.",
        ),
    ] = 10


class LogSettings(Table, frozen=True, kw_only=True):
    """What is logged, and how."""

    format: Annotated[
        Literal["auto", "console", "json"],
        Meta(description="auto: console on a terminal, else one JSON object a line."),
    ] = "auto"
    level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="Least level shown.")
    ] = "info"
    personal_data: Annotated[bool, Meta(description="Show full phone numbers and contact ids.")] = (
        False
    )


class PluginSettings(Table, frozen=True, kw_only=True):
    """Which installed plugins are used."""

    disabled: Annotated[tuple[str, ...], Meta(description="Plugins to leave alone, by name.")] = ()


class Settings(Table, frozen=True, kw_only=True):
    """All settings but the accounts."""

    data_dir: Annotated[
        str,
        Meta(
            description="Spool, media and the embedded Valkey (its socket is valkey.sock); taken "
            "from where relevo is started."
        ),
    ] = "./relevo-data"
    roles: Annotated[
        tuple[Role, ...],
        Meta(
            min_length=1,
            description="What this process does: ingress answers webhooks and fetches files, egress "
            "sends and does what channels do by themselves. Any number of processes share one Redis.",
        ),
    ] = ROLES
    http: HttpSettings = HttpSettings()
    redis: RedisSettings = RedisSettings()
    streams: StreamSettings = StreamSettings()
    spool: SpoolSettings = SpoolSettings()
    media: MediaSettings = MediaSettings()
    outbound: OutboundSettings = OutboundSettings()
    log: LogSettings = LogSettings()
    plugins: PluginSettings = PluginSettings()
