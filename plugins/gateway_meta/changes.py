"""Items of ``changes[]`` beside messages: comments, posts, reviews, leads, templates.

Comments and posts have no type of ours; they travel as notices with their facts and with the
person who wrote them, whose id is the one their messages would have.

Source: Meta for Developers, "Webhooks reference: Page", "Webhooks reference: Instagram".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from gateway.api import (
    Address,
    Contact,
    Event,
    ItemBroken,
    TemplateChange,
    TemplateUpdated,
    digest_of,
    event_id,
    flat_facts,
    plain_json,
)
from gateway_meta import wire
from gateway_meta.notices import notice
from gateway_meta.source import Source

_AUTHORED: Final = msgspec.json.Decoder(wire.Authored)


def other(source: Source, field: str) -> Iterator[Event]:
    """Yield the notice that a change without a type of ours is.

    Args:
        source: The change's value.
        field: Its name; known to the dialect or new to us.
    """
    facts = flat_facts(plain_json(msgspec.json.decode(source.raw)))
    yield notice(
        source,
        "unmodelled" if field in source.dialect.fields else "unknown",
        field,
        facts=facts,
        contact=_author(source),
    )


def _author(source: Source) -> Contact | None:
    """Return who did it, unless it was the page itself or nobody says."""
    try:
        told = _AUTHORED.decode(source.raw)
    except msgspec.ValidationError:
        return None
    author = told.author or wire.Author(id=told.sender_id, name=told.sender_name)
    known = author.id if author.id is not None else told.sender_id
    if known in (None, "") or str(known) == source.owner:
        return None
    return Contact(
        id=str(known),
        addresses=(Address(kind=source.dialect.address, value=str(known)),),
        name=author.name or told.sender_name,
        username=author.username,
    )


def template(source: Source) -> Iterator[Event]:
    """Yield that a utility template was approved, refused or paused."""
    facts = flat_facts(plain_json(msgspec.json.decode(source.raw)))

    def told(name: str) -> str | None:
        value = facts.get(name)
        return None if value in (None, "") else str(value)

    name = told("message_template_name")
    if name is None:
        raise ItemBroken(".message_template_name", "expected a name, it is missing")
    own = event_id(source.time or 0, source.account, "template.updated", digest_of(source.raw))
    yield TemplateUpdated(
        id=own,
        at=source.at,
        channel=source.channel,
        account=source.account,
        template=TemplateChange(
            aspect="status",
            name=name,
            language=told("message_template_language"),
            platform_id=told("message_template_id"),
            new=told("event"),
            reason=told("reason"),
            facts=facts,
        ),
    )
