"""Contents to try a channel with: plain ones of every kind, and any that the types allow."""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, get_args

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from gateway.model.content import (
    Audio,
    ContactCard,
    Contacts,
    Dice,
    Document,
    Image,
    Location,
    OutboundContent,
    Phone,
    Poll,
    PollOption,
    Reaction,
    Sticker,
    Text,
    Video,
)
from gateway.model.media import Media
from gateway.model.outbound_content import (
    AddressRequest,
    Button,
    Buttons,
    Card,
    Carousel,
    Catalog,
    ContactRequest,
    Delete,
    Edit,
    Flow,
    Link,
    ListMenu,
    LocationRequest,
    Product,
    Products,
    Raw,
    Read,
    Row,
    Section,
    TextHeader,
    Typing,
)
from gateway.model.template_content import (
    CurrencyParameter,
    DateParameter,
    ProductSection,
    TapTarget,
    Template,
    TemplateButton,
    TemplateCard,
    TextParameter,
)

MESSAGE: Final = "message-1"
"""A platform id of a message that the contact wrote."""
SENT: Final = "message-2"
"""A platform id of a message that we sent."""

_FILE: Final = Media(url="https://files.example/one")
_YES: Final = Button(id="yes", title="Yes")
_SECTION: Final = Section(title="Europe", rows=(Row(id="lis", title="Lisbon", description="2 h"),))
_PRODUCTS: Final = (ProductSection(title="New", product_ids=("sku-1",)),)
_DATE: Final = DateParameter(fallback="Monday")
_PRICE: Final = CurrencyParameter(code="EUR", amount_1000=9500, fallback="9,50 €")
_WORD: Final = TextParameter(text="A-17")
_CARD: Final = Card(text="One", media=_FILE, link="https://shop.example/1", link_title="Buy")

PLAIN: Final[Mapping[str, Sequence[OutboundContent]]] = MappingProxyType(
    {
        "text": (Text(text="Hello"),),
        "image": (Image(media=_FILE, caption="One"), Image(media=Media(platform_id="file-1"))),
        "video": (Video(media=_FILE, caption="One"),),
        "audio": (Audio(media=_FILE), Audio(media=_FILE, caption="One")),
        "document": (Document(media=_FILE, caption="One"),),
        "sticker": (Sticker(media=_FILE),),
        "location": (Location(latitude=38.7, longitude=-9.1, name="Lisbon", address="Praça 1"),),
        "contacts": (
            Contacts(contacts=(ContactCard(name="Ana", phones=(Phone(number="+3460"),)),)),
        ),
        "reaction": (Reaction(to=MESSAGE, emoji="👍"), Reaction(to=MESSAGE)),
        "poll": (Poll(question="When?", options=(PollOption(text="Now"), PollOption(text="No"))),),
        "template": (
            Template(name="hello", language="en"),
            Template(
                name="order",
                language="en",
                header=_WORD,
                body=(_WORD, _WORD),
                buttons=(
                    TemplateButton(index=0, type="url", text="A-17"),
                    TemplateButton(index=1, type="quick_reply", payload="stop"),
                    TemplateButton(index=2, type="products", product_id="1", sections=_PRODUCTS),
                ),
                tap_target=TapTarget(url="https://shop.example", title="Shop"),
            ),
            Template(
                name="cards",
                language="en",
                cards=(
                    TemplateCard(
                        body=(_WORD,), buttons=(TemplateButton(index=0, type="url", text="1"),)
                    ),
                    TemplateCard(
                        body=(_WORD,),
                        buttons=(TemplateButton(index=0, type="quick_reply", payload="1"),),
                    ),
                ),
            ),
            Template(
                name="quick",
                language="en",
                buttons=(TemplateButton(index=0, type="quick_reply", payload="1"),),
                cards=(
                    TemplateCard(
                        buttons=(TemplateButton(index=0, type="quick_reply", payload="1"),)
                    ),
                )
                * 2,
            ),
            Template(
                name="prices",
                language="en",
                header=_DATE,
                body=(_PRICE,),
                cards=(TemplateCard(body=(_DATE, _PRICE)),) * 2,
            ),
            Template(
                name="shop",
                language="en",
                buttons=(
                    TemplateButton(index=0, type="products", product_id="1", sections=_PRODUCTS),
                ),
            ),
        ),
        "buttons": (
            Buttons(
                text="Sure?", buttons=(_YES,), header=TextHeader(text="Your order"), footer="Relevo"
            ),
        ),
        "list": (
            ListMenu(
                text="Where?", button="Choose", sections=(_SECTION,), header="Trip", footer="Relevo"
            ),
        ),
        "link": (
            Link(
                text="Look",
                title="Open",
                url="https://shop.example",
                header=TextHeader(text="News"),
                footer="Relevo",
            ),
        ),
        "flow": (
            Flow(
                text="Book",
                title="Start",
                flow="1",
                screen="DATE",
                data={"day": 1},
                header=TextHeader(text="News"),
            ),
        ),
        "product": (Product(catalog_id="77", product_id="sku-1", text="New"),),
        "products": (Products(catalog_id="77", header="New", text="Look", sections=_PRODUCTS),),
        "catalog": (Catalog(text="All of it", thumbnail_product_id="sku-1"),),
        "carousel": (
            Carousel(text="New", cards=(_CARD, _CARD)),
            Carousel(text="New", cards=(Card(title="One", text="Fine", buttons=(_YES,)),)),
        ),
        "location_request": (LocationRequest(text="Where are you?"),),
        "contact_request": (ContactRequest(text="Your number?"),),
        "address_request": (AddressRequest(text="Where to?", country="IN"),),
        "typing": (Typing(to=MESSAGE),),
        "read": (Read(to=MESSAGE),),
        "dice": (Dice(emoji="🎲"),),
        "edit": (
            Edit(to=SENT, text="Sold", buttons=(_YES,)),
            Edit(to=SENT, text="Sold", caption=True),
        ),
        "delete": (Delete(to=SENT),),
        "raw": (Raw(body={"type": "text"}),),
    }
)
"""Plain contents of every kind; together they hold nearly every field."""

_OUTBOUND: Final = {
    str(each.__struct_config__.tag): inspect.type_info(each) for each in get_args(OutboundContent)
}

_WORDS: Final = st.one_of(
    st.sampled_from(["a", "b", "yes", "IN", "1", "https://files.example/1", "sku-1", "message-1"]),
    st.sampled_from(["", " ", "a\nb", "é👩\u200d👩\u200d👧", "https://", "\t"]),
    st.builds(lambda size: "x" * size, st.sampled_from([20, 25, 61, 73, 161, 257, 1025, 4097])),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)


def contents(kinds: Collection[str] = ()) -> st.SearchStrategy[OutboundContent]:
    """Draw contents that the types allow, sensible or not: plain ones with a field changed, any.

    Args:
        kinds: Only of these; of every kind when there are none.
    """
    wanted = frozenset(kinds) or PLAIN.keys()
    plain = [each for kind, several in PLAIN.items() if kind in wanted for each in several]
    built = [_drawn(shape) for kind, shape in _OUTBOUND.items() if kind in wanted]
    return st.one_of(st.sampled_from(plain).flatmap(_changed), *built)


def _changed(content: OutboundContent) -> st.SearchStrategy[Any]:
    fields = _fields(type(content))
    return st.sampled_from(sorted(fields)).flatmap(
        lambda name: fields[name].map(
            lambda value: msgspec.structs.replace(content, **{name: value})
        )
    )


@functools.cache
def _fields(cls: type[msgspec.Struct]) -> Mapping[str, st.SearchStrategy[Any]]:
    """Return what may stand in each field; made once, for making strategies is slow."""
    shape = inspect.type_info(cls)
    assert isinstance(shape, inspect.StructType)
    return {each.name: _drawn(each.type) for each in shape.fields}


def _drawn(shape: inspect.Type) -> st.SearchStrategy[Any]:  # noqa: C901, PLR0911 - a line for each type
    match shape:
        case inspect.StrType():
            return _WORDS
        case inspect.BoolType():
            return st.booleans()
        case inspect.IntType():
            return st.integers(-1, 2**40)
        case inspect.FloatType():
            return st.floats(-200, 200)
        case inspect.NoneType():
            return st.none()
        case inspect.LiteralType(values=values):
            return st.sampled_from(values)
        case inspect.UnionType(types=members):
            return st.one_of([_drawn(each) for each in members])
        case inspect.VarTupleType(item_type=item):
            return st.deferred(lambda: st.lists(_drawn(item), max_size=11).map(tuple))
        case inspect.DictType(value_type=value):
            return st.deferred(lambda: st.dictionaries(_WORDS, _drawn(value), max_size=2))
        case inspect.AnyType():
            return _WORDS
        case inspect.StructType(cls=cls, fields=fields):
            drawn = _fields(cls)
            needed = {each.name: drawn[each.name] for each in fields if each.required}
            extra = {each.name: drawn[each.name] for each in fields if not each.required}
            return st.fixed_dictionaries(needed, optional=extra).map(lambda given: cls(**given))
        case _:
            raise TypeError(f"contents have no {shape}")
