"""The documented shapes of requests, as types: strict about names, kinds and what is needed.

Written from Meta's pages alone, so that the renderer is judged by somebody else.

Whole requests and templates are in ``judge_requests``.

Source: Meta for Developers, WhatsApp Business Platform: "Messages API" and a page per message
type, "Template components", "Marketing Messages API".
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

Text20 = Annotated[str, Meta(min_length=1, max_length=20)]
Text24 = Annotated[str, Meta(min_length=1, max_length=24)]
Text60 = Annotated[str, Meta(min_length=1, max_length=60)]
Text72 = Annotated[str, Meta(min_length=1, max_length=72)]
Text1024 = Annotated[str, Meta(min_length=1, max_length=1024)]
Text4096 = Annotated[str, Meta(min_length=1, max_length=4096)]
Filled = Annotated[str, Meta(min_length=1)]
Url = Annotated[str, Meta(pattern="^https?://")]


class Shape(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Nothing may stand in a request that no page names."""

    def one_of(self, *names: str) -> None:
        given = [name for name in names if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"exactly one of {names}, not {given}")


class File(Shape, kw_only=True):
    id: Filled | None = None
    link: Url | None = None

    def __post_init__(self) -> None:
        self.one_of("id", "link")


class Captioned(File, kw_only=True):
    caption: Text1024 | None = None


class Paper(Captioned, kw_only=True):
    filename: str | None = None


class Sound(File, kw_only=True):
    voice: bool = False


class Words(Shape, kw_only=True):
    body: Text4096
    preview_url: bool = False


class Place(Shape, kw_only=True):
    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]
    name: str | None = None
    address: str | None = None


class PersonName(Shape, kw_only=True):
    formatted_name: Filled
    first_name: str | None = None
    last_name: str | None = None
    middle_name: str | None = None
    prefix: str | None = None
    suffix: str | None = None

    def __post_init__(self) -> None:
        if not any(getattr(self, each) for each in self.__struct_fields__[1:]):
            raise ValueError("one more part of the name is needed")


class PersonPhone(Shape, kw_only=True):
    phone: str
    type: str | None = None
    wa_id: str | None = None


class PersonEmail(Shape, kw_only=True):
    email: str
    type: str | None = None


class PersonUrl(Shape, kw_only=True):
    url: str
    type: str | None = None


class PersonAddress(Shape, kw_only=True):
    street: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str | None = None
    country_code: str | None = None
    type: str | None = None


class Company(Shape, kw_only=True):
    company: str | None = None
    department: str | None = None
    title: str | None = None


class Person(Shape, kw_only=True):
    name: PersonName
    birthday: str | None = None
    org: Company | None = None
    phones: list[PersonPhone] = []
    emails: list[PersonEmail] = []
    urls: list[PersonUrl] = []
    addresses: list[PersonAddress] = []


class Reacted(Shape, kw_only=True):
    message_id: Filled
    emoji: str
