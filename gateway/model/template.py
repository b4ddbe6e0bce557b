"""Message templates as they are defined on a platform, and how the platform has them now."""

from __future__ import annotations

from typing import Literal, TypeAlias

from gateway.model.media import Media
from gateway.model.value import Value

Category: TypeAlias = Literal["marketing", "utility", "authentication"]


class DefinedHeader(Value, frozen=True, kw_only=True):
    """What stands above a template's body.

    Attributes:
        format: What it is: words, a file, a place or a product.
        text: For ``text``; one variable at most.
        example: What may stand for the variable of ``text``.
        media: A sample file (of our media store), for ``image``, ``video`` and ``document``.
        handle: The platform's name of a sample that was uploaded before, in place of ``media``.
    """

    format: Literal["text", "image", "video", "gif", "document", "location", "product"]
    text: str | None = None
    example: str | None = None
    media: Media | None = None
    handle: str | None = None


class CodeApp(Value, frozen=True, kw_only=True):
    """An Android app that may take a one-time code.

    Attributes:
        package_name: The app's name in the store, as in ``com.example.shop``.
        signature_hash: Of the key the app is signed with; 11 characters.
    """

    package_name: str
    signature_hash: str


class DefinedButton(Value, frozen=True, kw_only=True):
    """One button of a template.

    Attributes:
        type: Its kind; ``other`` is one of the platform's that is new to us.
        text: What it shows; some kinds have a fixed one.
        url: The address to open, of a ``url``; may end in a variable.
        example: What may stand for that variable (the whole address), or a code to copy.
        phone_number: The number to call, of a ``phone_number``.
        flow: Which Flow opens, of a ``flow``: its id, or its name where ``flow_by`` says so.
        flow_by: What ``flow`` is.
        flow_action: ``navigate`` shows ``screen``; ``data_exchange`` asks the endpoint.
        screen: First screen of the Flow.
        code: How the code gets into the app, of a ``one_time_code``.
        autofill_text: What the button of a one-tap code shows.
        apps: Which apps may take the code.
        zero_tap_terms_accepted: You accept the platform's terms for codes that need no tap;
            ``zero_tap`` needs it.
        ttl_minutes: How long a call button works.
    """

    type: Literal[
        "quick_reply",
        "url",
        "phone_number",
        "copy_code",
        "one_time_code",
        "flow",
        "catalog",
        "products",
        "product",
        "voice_call",
        "contact_request",
        "order_details",
        "other",
    ]
    text: str | None = None
    url: str | None = None
    example: str | None = None
    phone_number: str | None = None
    flow: str | None = None
    flow_by: Literal["id", "name"] = "id"
    flow_action: Literal["navigate", "data_exchange"] = "navigate"
    screen: str | None = None
    code: Literal["copy_code", "one_tap", "zero_tap"] | None = None
    autofill_text: str | None = None
    apps: tuple[CodeApp, ...] = ()
    zero_tap_terms_accepted: bool = False
    ttl_minutes: int | None = None


class DefinedCard(Value, frozen=True, kw_only=True):
    """One card of a carousel template.

    Attributes:
        header: A picture, a film or a product.
        body: Its text with variables, as of a template.
        examples: What may stand for each variable of the body, by its number or name.
        buttons: In their order.
    """

    header: DefinedHeader
    body: str | None = None
    examples: dict[str, str] = {}
    buttons: tuple[DefinedButton, ...] = ()


class Offer(Value, frozen=True, kw_only=True):
    """A limited-time offer.

    Attributes:
        text: What is offered.
        expires: A clock counts down to the time that is given when the template is sent.
    """

    text: str
    expires: bool = False


class TemplateDefinition(Value, frozen=True, kw_only=True):
    """What a template is.

    Attributes:
        name: Shared by its languages.
        language: Its code at the platform, as in ``es`` or ``pt_PT``.
        category: What it is for; decides what it costs and to whom it may go.
        body: Its text with variables: ``{{1}}``, ``{{2}}`` … or all named: ``{{first_name}}``.
            Empty for authentication: the platform has its own words.
        examples: What may stand for each variable of the body, by its number or name.
        header: Above the body.
        footer: Small words below.
        buttons: In their order.
        cards: Of a carousel, in their order.
        offer: Of a limited-time offer.
        call_permission: It asks whether we may call.
        security_recommendation: Authentication: "do not share this code".
        code_minutes: Authentication: how long the code works, told below it. WhatsApp: 1 to 90.
        ttl_seconds: After how long a message that could not be delivered is dropped.
    """

    name: str
    language: str
    category: Category
    body: str = ""
    examples: dict[str, str] = {}
    header: DefinedHeader | None = None
    footer: str | None = None
    buttons: tuple[DefinedButton, ...] = ()
    cards: tuple[DefinedCard, ...] = ()
    offer: Offer | None = None
    call_permission: bool = False
    security_recommendation: bool = False
    code_minutes: int | None = None
    ttl_seconds: int | None = None


class TemplateRecord(Value, frozen=True, kw_only=True):
    """A template as the platform has it.

    Attributes:
        definition: What it is.
        platform_id: The platform's id of it.
        status: ``approved``, ``pending``, ``rejected``, ``paused``, ``disabled``, ``in_appeal``,
            ``pending_deletion`` … in the platform's word, lower case.
        quality: ``green``, ``yellow``, ``red`` or ``unknown``.
        reason: Why it is not approved, or was paused, where told.
        named: Its variables have names.
        updated_at: When we heard of it last, in milliseconds since 1970.
    """

    definition: TemplateDefinition
    platform_id: str
    status: str
    quality: str = "unknown"
    reason: str | None = None
    named: bool = False
    updated_at: int = 0

    @property
    def sendable(self) -> bool:
        """Whether it can be sent; flagged ones can, and may soon be disabled."""
        return self.status in {"approved", "flagged"}
