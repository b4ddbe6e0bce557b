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
from gateway.http.api.sending import EXAMPLE
from gateway.model.event import Event
from gateway.model.outbound import OutboundMessage

REF: Final = "#/components/schemas/{name}"
MESSAGEPACK: Final = "application/msgpack"
EXAMPLE_GROUP: Final = "desk"

SEND: Final = "outbound.message"
ANSWERS: Final = ("message.accepted", "message.held", "message.failed")

_DESCRIPTION: Final = """\
Everything that happens on every channel, as typed events on Redis streams: one stream for each \
partition. An entry has the fields `type` (text) and `data` (a MessagePack map, described here). \
Read them with a consumer group, by any Redis client. Readers must pass over fields and types they \
do not know.

The other way, messages to be sent can be put on a stream of the account's partition, for volumes \
at which HTTP costs too much.
"""

_SEND: Final = """\
Messages to be sent by the accounts of one partition, as `POST /v1/messages` takes them. An entry \
has one field, `message`: a MessagePack map, described here. Add it with \
`XADD relevo:{NN}:send * message BYTES` and no limit of length: an entry is deleted when it was \
taken or refused. It is safe when Redis has confirmed it, and taken once; put there twice, it is sent \
twice.
"""

_ANSWERED: Final = """\
What became of a message: `message.accepted` by the platform, `message.held` for the contact to \
write, or `message.failed`. One that is refused before it is queued fails too: `failure.reason` is one of those \
of the API, `failure.data.problems` names each wrong field with what would be right, \
`failure.data.templates` those that may be sent, and the id of the message is `send.` and that of the \
entry. What is no MessagePack map, or names no account, is dropped and logged.
"""


def document() -> dict[str, Any]:
    """Return the document of the streams that Relevo writes, and of the one that it reads."""
    events = get_args(Event)
    _, schemas = schema.components([Event, OutboundMessage], ref=REF)
    for name in schema.structs(OutboundMessage).keys() - schema.structs(Event).keys():
        schemas[name]["additionalProperties"] = False
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
        "channels": {"events": _events(events), "dead": _dead(events), "send": _send()},
        "operations": {
            "publishEvents": _sends("events", events, "Write what happened."),
            "buryEvents": _sends(
                "dead", events, "Put aside what a consumer group failed on too often."
            ),
            "takeMessages": _takes(),
        },
        "components": {
            "messages": {tag(each): _message(each) for each in events} | {SEND: _to_send()},
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


def _send() -> dict[str, Any]:
    return {
        "address": "relevo:{partition}:send",
        "title": "Messages to be sent",
        "description": _SEND,
        "parameters": {"partition": _partition()},
        "messages": {SEND: {"$ref": f"#/components/messages/{SEND}"}},
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


def _takes() -> dict[str, Any]:
    return {
        "action": "receive",
        "channel": {"$ref": "#/channels/send"},
        "summary": "Take messages, judge them as the API does, and send them.",
        "description": _ANSWERED,
        "messages": [{"$ref": f"#/channels/send/messages/{SEND}"}],
        "reply": {
            "channel": {"$ref": "#/channels/events"},
            "messages": [{"$ref": f"#/channels/events/messages/{each}"} for each in ANSWERS],
        },
    }


def _to_send() -> dict[str, Any]:
    return {
        "name": SEND,
        "title": SEND,
        "summary": summary(OutboundMessage),
        "description": "Fields that are not described are refused.",
        "contentType": MESSAGEPACK,
        "correlationId": {
            "location": "$message.payload#/metadata",
            "description": "Any object of yours; comes back in every answer.",
        },
        "payload": {"$ref": REF.format(name=OutboundMessage.__name__)},
        "examples": [{"name": "text", "payload": {**EXAMPLE, "metadata": {"order": 7}}}],
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
