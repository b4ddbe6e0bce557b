"""What a message becomes: one call, a POST of JSON to the account's address."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from gateway.api import (
    Buttons,
    Call,
    Capabilities,
    Capability,
    Document,
    Image,
    Json,
    Limit,
    Limits,
    Link,
    ListMenu,
    Location,
    OutboundMessage,
    Problem,
    Rate,
    RateLimit,
    Rendered,
    Text,
)

from gateway_postbox.settings import PostboxSettings

Body: TypeAlias = dict[str, Json]

_LONGEST: Final = 4000
_HEADED: Final = "A header that is a file is refused; one of words stands above the text."

# Yours (7): the kinds of content you can send, natively or as something else, and the limits.
# Delete what you cannot: it is then refused by name, before anything is sent.
CAPABILITIES: Final[Capabilities] = MappingProxyType(
    {
        "text": Capability(
            limits=(Limit(field="text", least=1, most=_LONGEST),),
            rules=("Formatting is left out, and the events say so.",),
        ),
        "image": Capability(
            limits=(Limit(field="caption", most=1000),), rules=("The file must have an address.",)
        ),
        "document": Capability(
            limits=(Limit(field="caption", most=1000),), rules=("The file must have an address.",)
        ),
        "location": Capability(),
        "buttons": Capability(
            limits=(
                Limit(field="text", least=1, most=1000),
                Limit(field="buttons", least=1, most=10, unit="items"),
                Limit(field="buttons[].title", least=1, most=80),
            ),
            becomes="a text with the buttons numbered under it",
            rules=(_HEADED,),
        ),
        "list": Capability(
            limits=(
                Limit(field="text", least=1, most=1000),
                Limit(field="sections[].rows", least=1, most=20, unit="items", together=True),
                Limit(field="sections[].rows[].title", least=1, most=80),
                Limit(field="sections[].rows[].description", most=80),
            ),
            becomes="a text with the rows numbered under it",
        ),
        "link": Capability(
            limits=(
                Limit(field="text", least=1, most=1000),
                Limit(field="title", least=1, most=80),
                Limit(field="url", least=1, most=2000),
            ),
            becomes="a text with the address under it",
            rules=(_HEADED,),
        ),
    }
)
"""What can be sent, and how much of it: the check, the reference page and the tests in one."""

LIMITS: Final = Limits(
    rates=(RateLimit(scope="account", rate=Rate(messages=10, burst=20)),),
    source='The README of this package, "Limits"',
)


def problems(message: OutboundMessage) -> Iterator[Problem]:
    """Yield what the table cannot say."""
    if message.to is None:
        yield Problem(path="$.to", explanation="must name a contact: there are no groups here")
    match message.content:
        case Image(media=media) | Document(media=media) if media.url is None:
            told = "must be given: the other end fetches the file itself"
            yield Problem(path="$.content.media.url", explanation=told)
        case Buttons(header=header) | Link(header=header) if header and not _words(header):
            yield Problem(path="$.content.header", explanation="must be words, not a file")
        case _:
            pass


_PLAIN: Final = "the formatting is left out"


def render(
    message: OutboundMessage, settings: PostboxSettings, *, reference: str | None
) -> Rendered:
    """Turn a message that passed the check into its call; see ``Channel.render``."""
    content, downgraded = _content(message)
    optional = {"reference": reference, "reply_to": message.reply_to}
    body: Body = {"to": message.to, **content}
    body |= {name: value for name, value in optional.items() if value}
    path = urlsplit(settings.api_url).path or "/"
    return Rendered(calls=(Call(method="POST", path=path, body=body),), downgraded=downgraded)


# Yours (8): the platform's body for each kind of the table above. Never drop anything silently:
# what contacts will see otherwise than it was asked for comes back as the second value.
def _content(message: OutboundMessage) -> tuple[Body, str | None]:  # noqa: PLR0911 - a line for each kind
    """Return the content as the other end takes it, and what is lost of it."""
    match message.content:
        case Text(text=text, spans=spans):
            return _text(text), _PLAIN if spans else None
        case Image(media=media, caption=caption, spans=spans):
            return _file("image", media.url, caption), _PLAIN if spans else None
        case Document(media=media, caption=caption, spans=spans):
            return _file("document", media.url, caption), _PLAIN if spans else None
        case Location(latitude=latitude, longitude=longitude, name=name):
            return {"type": "location", "lat": latitude, "lon": longitude, "name": name}, None
        case Buttons(text=text, buttons=buttons, header=header, footer=footer):
            shown = _numbered(each.title for each in buttons)
            return _text(_words(header), text, shown, footer), "the buttons became a numbered text"
        case ListMenu(text=text, sections=sections, header=header, footer=footer):
            rows = (row for section in sections for row in section.rows)
            titles = (
                f"{row.title}: {row.description}" if row.description else row.title for row in rows
            )
            return _text(header, text, _numbered(titles), footer), "the list became a numbered text"
        case Link(text=text, title=title, url=url, header=header, footer=footer):
            shown = f"{title}: {url}"
            return _text(_words(header), text, shown, footer), "the link became a text"
        case other:
            raise AssertionError(f"check() lets no {type(other).__name__} pass")


def _text(*parts: str | None) -> Body:
    return {"type": "text", "text": "\n\n".join(each for each in parts if each)}


def _file(kind: str, url: str | None, caption: str | None) -> Body:
    return {"type": kind, "url": url, "caption": caption}


def _words(header: object) -> str | None:
    words = getattr(header, "text", None)
    return words if isinstance(words, str) else None


def _numbered(titles: Iterator[str]) -> str:
    return "\n".join(f"{number}. {title}" for number, title in enumerate(titles, 1))
