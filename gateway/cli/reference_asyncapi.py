"""The AsyncAPI document of the streams, rendered from the types of the events.

Source: AsyncAPI Specification 3.0.0.
"""

from __future__ import annotations

from typing import Any, Final, get_args

import msgspec

from gateway import __version__
from gateway.bus import keys
from gateway.cli.reference_events import tag
from gateway.codec import schema
from gateway.codec.documentation import meaning, summary
from gateway.model.event import Event

REF: Final = "#/components/schemas/{name}"
MESSAGEPACK: Final = "application/msgpack"
EXAMPLE_GROUP: Final = "desk"

_DESCRIPTION: Final = """\
Everything that happens on every channel, as typed events on Redis streams: one stream for each \
partition. An entry has the fields `type` (text) and `data` (a MessagePack map, described here). \
Read them with a consumer group, by any Redis client. Readers must pass over fields and types they \
do not know.
"""


def document() -> dict[str, Any]:
    """Return the document of the streams that Relevo writes."""
    events = get_args(Event)
    _, schemas = schema.components([Event], ref=REF)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Relevo streams",
            "version": __version__,
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": MESSAGEPACK,
        "servers": {
            "redis": {
                "host": "localhost:6379",
                "protocol": "redis",
                "description": "`redis.url` of the settings; the embedded Valkey listens on the "
                "unix socket `valkey.sock` in `data_dir` only.",
            }
        },
        "channels": {"events": _events(events), "dead": _dead(events)},
        "operations": {
            "publishEvents": _sends("events", events, "Write what happened."),
            "buryEvents": _sends(
                "dead", events, "Put aside what a consumer group failed on too often."
            ),
        },
        "components": {
            "messages": {tag(each): _message(each) for each in events},
            "schemas": _without_discriminators(schemas),
        },
    }


def _without_discriminators(node: Any) -> Any:
    """Return schemas without OpenAPI's discriminators: AsyncAPI has others, and needs none."""
    match node:
        case dict():
            return {
                name: _without_discriminators(each)
                for name, each in node.items()
                if not (name == "discriminator" and isinstance(each, dict))
            }
        case list():
            return [_without_discriminators(each) for each in node]
        case _:
            return node


def _events(events: tuple[type[msgspec.Struct], ...]) -> dict[str, Any]:
    return {
        "address": "relevo:{partition}:events",
        "title": "Events",
        "description": "The events of the accounts of one partition, in the order they were "
        "recorded. An account is in partition `crc32(account id) mod streams.partitions`.",
        "parameters": {"partition": _partition()},
        "messages": _references(events),
    }


def _dead(events: tuple[type[msgspec.Struct], ...]) -> dict[str, Any]:
    return {
        "address": "relevo:{partition}:dead:{group}",
        "title": "Dead events",
        "description": "Entries that a consumer group gave up, with two fields more: `id` of the "
        "entry and `deliveries`.",
        "parameters": {
            "partition": _partition(),
            "group": {"description": "Name of the consumer group.", "examples": [EXAMPLE_GROUP]},
        },
        "messages": _references(events),
    }


def _partition() -> dict[str, Any]:
    first = keys.tag(0).partition(":")[2]
    return {
        "description": "Two digits in braces: they are part of the key (its hash tag).",
        "examples": [first],
    }


def _references(events: tuple[type[msgspec.Struct], ...]) -> dict[str, Any]:
    return {tag(each): {"$ref": f"#/components/messages/{tag(each)}"} for each in events}


def _sends(channel: str, events: tuple[type[msgspec.Struct], ...], told: str) -> dict[str, Any]:
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": told,
        "messages": [{"$ref": f"#/channels/{channel}/messages/{tag(each)}"} for each in events],
    }


def _message(event: type[msgspec.Struct]) -> dict[str, Any]:
    return {
        "name": tag(event),
        "title": tag(event),
        "summary": summary(event),
        "description": meaning(event),
        "contentType": MESSAGEPACK,
        "payload": {"$ref": REF.format(name=event.__name__)},
    }
