"""What buttons, lists, links, Flows, products and requests become: ``interactive`` messages."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.api import (
    AddressRequest,
    Button,
    Buttons,
    Catalog,
    Flow,
    Header,
    Link,
    ListMenu,
    Media,
    MediaHeader,
    Product,
    Products,
    Row,
    Section,
    TextHeader,
)
from gateway_whatsapp.bodies import Body, named

_FLOW_MESSAGE_VERSION = "3"
_UNUSED_TOKEN = "unused"  # noqa: S105 - the platform's own default, no secret


def buttons(content: Buttons) -> Body:
    """Return the body of a text with one to three reply buttons."""
    replies = [{"type": "reply", "reply": choice(each)} for each in content.buttons]
    head = {"header": _header(content.header)} if content.header else {}
    return body_of("button", {"buttons": replies}, content.text, footer=content.footer, **head)


def menu(content: ListMenu) -> Body:
    """Return the body of a text with a list."""
    sections = [_section(each) for each in content.sections]
    head = {"header": _text_header(content.header)} if content.header else {}
    action = {"button": content.button, "sections": sections}
    return body_of("list", action, content.text, footer=content.footer, **head)


def menu_of(content: Buttons, *, button: str) -> ListMenu:
    """Return the list that too many buttons become; their header is text then.

    Args:
        content: The buttons.
        button: What the list opens at.
    """
    rows = tuple(Row(id=each.id, title=each.title) for each in content.buttons)
    return ListMenu(
        text=content.text,
        button=button,
        sections=(Section(rows=rows),),
        header=content.header.text if isinstance(content.header, TextHeader) else None,
        footer=content.footer,
    )


def link(content: Link) -> Body:
    """Return the body of a text with a button that opens an address."""
    head = {"header": _header(content.header)} if content.header else {}
    return body_of(
        "cta_url", opening(content.title, content.url), content.text, footer=content.footer, **head
    )


def flow(content: Flow) -> Body:
    """Return the body of a text with a button that opens a Flow."""
    parameters: Body = {
        "flow_message_version": _FLOW_MESSAGE_VERSION,
        f"flow_{content.by}": content.flow,
        "flow_cta": content.title,
        "flow_token": content.token or _UNUSED_TOKEN,
        "flow_action": content.action,
    }
    if content.screen:
        data = {"data": content.data} if content.data else {}
        parameters["flow_action_payload"] = {"screen": content.screen, **data}
    if content.draft:
        parameters["mode"] = "draft"
    head = {"header": _header(content.header)} if content.header else {}
    action = {"name": "flow", "parameters": parameters}
    return body_of("flow", action, content.text, footer=content.footer, **head)


def product(content: Product) -> Body:
    """Return the body of one product."""
    action = {"catalog_id": content.catalog_id, "product_retailer_id": content.product_id}
    return body_of("product", action, content.text, footer=content.footer)


def products(content: Products) -> Body:
    """Return the body of several products."""
    sections = [
        {"title": each.title, "product_items": product_items(each.product_ids)}
        for each in content.sections
    ]
    action = {"catalog_id": content.catalog_id, "sections": sections}
    header = _text_header(content.header)
    return body_of("product_list", action, content.text, footer=content.footer, header=header)


def product_items(product_ids: Sequence[str]) -> list[Body]:
    """Return products as sections name them."""
    return [{"product_retailer_id": each} for each in product_ids]


def catalog(content: Catalog) -> Body:
    """Return the body of a whole catalogue."""
    action: Body = {"name": "catalog_message"}
    if content.thumbnail_product_id:
        action["parameters"] = {"thumbnail_product_retailer_id": content.thumbnail_product_id}
    return body_of("catalog_message", action, content.text, footer=content.footer)


def location_request(text: str) -> Body:
    """Return the body that asks for a place."""
    return body_of("location_request_message", {"name": "send_location"}, text)


def contact_request(text: str) -> Body:
    """Return the body that asks for the contact's number."""
    return body_of("request_contact_info", {"name": "request_contact_info"}, text)


def address_request(content: AddressRequest) -> Body:
    """Return the body that asks for a postal address."""
    saved = [{"id": name, "value": value} for name, value in content.saved.items()]
    known = {
        "values": content.values,
        "saved_addresses": saved,
        "validation_errors": content.errors,
    }
    parameters = {
        "country": content.country,
        **{name: each for name, each in known.items() if each},
    }
    action = {"name": "address_message", "parameters": parameters}
    return body_of("address_message", action, content.text)


def opening(title: str | None, url: str | None) -> Body:
    """Return what a button that opens an address does."""
    return {"name": "cta_url", "parameters": {"display_text": title, "url": url}}


def choice(button: Button) -> Body:
    """Return a reply button."""
    return {"id": button.id, "title": button.title}


def _section(section: Section) -> Body:
    rows = [_row(each) for each in section.rows]
    return {**({"title": section.title} if section.title else {}), "rows": rows}


def _row(row: Row) -> Body:
    more = {"description": row.description} if row.description else {}
    return {"id": row.id, "title": row.title, **more}


def _header(header: Header) -> Body:
    match header:
        case TextHeader(text=text):
            return _text_header(text)
        case MediaHeader(format=form, media=media):
            return {"type": form, form: header_file(form, media)}


def header_file(form: str, media: Media) -> Body:
    """Return the file of a header; a document also shows its name."""
    name = {"filename": media.filename} if form == "document" and media.filename else {}
    return named(media) | name


def _text_header(text: str) -> Body:
    return {"type": "text", "text": text}


def body_of(
    kind: str, action: Body, text: str | None, *, footer: str | None = None, **more: Body
) -> Body:
    """Return the body of an interactive message.

    Args:
        kind: Its type.
        action: What it offers.
        text: Its words.
        footer: Small words below.
        more: Its other parts, by name.
    """
    body = {"body": {"text": text}} if text else {}
    foot = {"footer": {"text": footer}} if footer else {}
    found = {"type": kind, **more, **body, **foot, "action": action}
    return {"type": "interactive", "interactive": found}
