"""What browsers load: the widget as one script, and a page with nothing but the chat."""

from __future__ import annotations

import gzip
import html
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

import msgspec
from aiohttp import web

from gateway_webchat import colors
from gateway_webchat.settings import WebchatSettings

PARTS: Final = (
    "texts.js",
    "elements.js",
    "storage.js",
    "link.js",
    "contents.js",
    "forms.js",
    "emoji.js",
    "panel.js",
    "chat.js",
)
"""In this order they are one script."""
MAX_AGE_SECONDS: Final = 300
SURFACE: Final[dict[str, colors.Rgb]] = {"light": (241, 243, 246), "dark": (38, 42, 51)}
"""Backgrounds of bubbles, as in widget/style.css; words on the panel itself stand out more."""

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data: blob:; "
    "media-src blob: https:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'"
)


class Pages:
    """The static answers of one account.

    Args:
        settings: What they show.
    """

    def __init__(self, settings: WebchatSettings) -> None:
        self._widget = _Static(widget(settings), "text/javascript", shared=True)
        self._page = _Static(_page(settings), "text/html")
        self._style = _Static(_part("page.css"), "text/css")

    async def widget(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer the script."""
        return self._widget.answer(request)

    async def page(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer the page."""
        return self._page.answer(request)

    async def style(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer the page's style."""
        return self._style.answer(request)


class _Static:
    """Bytes that are the same for everybody, with and without compression."""

    def __init__(self, body: bytes, content_type: str, *, shared: bool = False) -> None:
        self._plain = body
        self._packed = gzip.compress(body, 9, mtime=0)
        self._headers = {
            "Content-Type": f"{content_type}; charset=utf-8",
            "Cache-Control": f"public, max-age={MAX_AGE_SECONDS}",
            "ETag": f'"{sha256(body).hexdigest()[:32]}"',
            "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": _POLICY,
            "Cross-Origin-Resource-Policy": "cross-origin" if shared else "same-origin",
            "Referrer-Policy": "strict-origin-when-cross-origin",
        }
        if shared:  # for script tags with an integrity or crossorigin attribute
            self._headers["Access-Control-Allow-Origin"] = "*"

    def answer(self, request: web.BaseRequest) -> web.Response:
        if self._headers["ETag"] in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=self._headers)
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            headers = {**self._headers, "Content-Encoding": "gzip"}
            return web.Response(body=self._packed, headers=headers)
        return web.Response(body=self._plain, headers=self._headers)


def widget(settings: WebchatSettings) -> bytes:
    """Return the whole script of an account."""
    shown = msgspec.json.encode(_shown(settings)).decode()
    style = msgspec.json.encode(_part("style.css").decode()).decode()
    parts = "\n".join(_part(each).decode() for each in PARTS)
    head = f"const CONFIG = {shown};\nconst STYLE = {style};"
    return f"(() => {{\n'use strict';\n{head}\n{parts}\n}})();\n".encode()


def _shown(settings: WebchatSettings) -> dict[str, Any]:
    """Return what the script knows of the account; nothing secret, for everybody can read it."""
    accent = colors.read(settings.color)
    return {
        "account": settings.id,
        "title": settings.title,
        "greeting": settings.greeting,
        "agent": settings.agent_name,
        "avatar": settings.avatar_url,
        "offline": settings.offline_message,
        "language": settings.language,
        "theme": settings.theme,
        "position": settings.position,
        "accent": settings.color,
        "onAccent": colors.written(colors.words_on(accent)),
        "words": {
            name: colors.written(colors.legible(accent, under)) for name, under in SURFACE.items()
        },
        "form": msgspec.to_builtins(settings.form),
        "uploads": settings.uploads,
        "uploadLimit": settings.upload_limit_bytes,
    }


def _page(settings: WebchatSettings) -> bytes:
    told = settings.title
    title = told if isinstance(told, str) else next(iter(told.values()), "")
    language = "" if settings.language == "auto" else f' lang="{settings.language}"'
    text = _part("page.html").decode()
    return (
        text.replace("{{title}}", html.escape(title or "Chat"))
        .replace("{{language}}", language)
        .encode()
    )


def _part(name: str) -> bytes:
    return files("gateway_webchat").joinpath("widget", name).read_bytes()
