"""``/docs``: the API for people, on one page made from the OpenAPI document.

Nothing is loaded from anywhere and nothing runs: no script, one style sheet inside the page.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any, Final

from gateway.http.api.schema_words import anchor, link, type_words
from gateway.http.api.shell import curl

HTTP_STATUSES_GOOD: Final = "23"


@cache
def _style() -> str:
    return files("gateway.http.api").joinpath("page.css").read_text("utf-8")


def policy() -> str:
    """Return the Content-Security-Policy of the page: its own style sheet, and nothing else."""
    digest = base64.b64encode(sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )


def page(document: Mapping[str, Any]) -> str:
    """Return the page of an OpenAPI document."""
    info = document["info"]
    title = f"{info['title']} API"
    groups = {tag["name"]: tag["description"] for tag in document["tags"]}
    operations = list(_operations(document))
    body = "".join(
        _group(name, told, [each for each in operations if name in each["tags"]])
        for name, told in groups.items()
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_style()}</style></head><body>"
        f'<div class="frame">{_navigation(info, groups, operations)}<main id="top">'
        f"<h1>{escape(title)}</h1>{_start(document)}{body}{_types(document)}"
        '<footer>For programs: <a href="/openapi.json">/openapi.json</a>. '
        "This page is made from the same table as the API itself.</footer>"
        "</main></div></body></html>"
    )


def _operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield {**operation, "path": path, "method": method}


def _navigation(
    info: Mapping[str, Any], groups: Iterable[str], operations: list[dict[str, Any]]
) -> str:
    parts = [
        f'<a class="mark" href="#top">{escape(info["title"])}</a>',
        f'<span class="version">{escape(info["version"])}</span>',
    ]
    for group in groups:
        links = "".join(
            f'<li><a href="#{each["operationId"]}">{escape(each["summary"])}</a></li>'
            for each in operations
            if group in each["tags"]
        )
        parts.append(f"<h2>{_group_link(group)}</h2><ul>{links}</ul>")
    parts.append(
        '<h2><a href="#scopes">Keys and scopes</a></h2><h2><a href="#types">Types</a></h2>'
    )
    return f"<nav>{''.join(parts)}</nav>"


def _group_link(name: str) -> str:
    return f'<a href="#group-{escape(name)}">{escape(name)}</a>'


def _start(document: Mapping[str, Any]) -> str:
    scheme = next(iter(document["components"]["securitySchemes"].values()))
    return (
        f"{text(document['info']['description'])}"
        f'<h2 id="scopes">Keys and scopes</h2>{text(scheme["description"])}'
    )


def _group(name: str, told: str, operations: list[dict[str, Any]]) -> str:
    parts = "".join(_operation(each) for each in operations)
    return f'<h2 id="group-{escape(name)}">{escape(name)}</h2>{text(told)}{parts}'


def _operation(operation: Mapping[str, Any]) -> str:
    method = operation["method"]
    scopes = [each for one in operation["security"] for several in one.values() for each in several]
    scope = f'<span class="scope">needs {_codes(scopes)}</span>' if scopes else ""
    return (
        f'<section class="operation" id="{operation["operationId"]}">'
        f"<h3>{escape(operation['summary'])}</h3>"
        f'<div class="line"><span class="method {method}">{method.upper()}</span>'
        f'<code class="path">{escape(operation["path"])}</code>{scope}</div>'
        f"{text(operation.get('description', ''))}"
        f"{_parameters(operation)}{_body(operation)}"
        f"<h4>Try it</h4><pre><code>{escape(curl(operation))}</code></pre>"
        f"{_responses(operation)}</section>"
    )


def _parameters(operation: Mapping[str, Any]) -> str:
    rows = [
        _row(
            each["name"],
            f"{each['in']}, {type_words(each['schema'])}",
            _told({**each["schema"], "description": each["description"]}),
            required=each.get("required", False),
        )
        for each in operation.get("parameters", ())
    ]
    return f"<h4>Parameters</h4>{_rows(rows)}" if rows else ""


def _body(operation: Mapping[str, Any]) -> str:
    if "requestBody" not in operation:
        return ""
    shapes = " or ".join(
        f"{_media_words(media)} <span class='kind'>{escape(kind)}</span>"
        for kind, media in operation["requestBody"]["content"].items()
    )
    return f"<h4>Body</h4><div>{shapes}</div>"


def _media_words(media: Mapping[str, Any]) -> str:
    if "schema" not in media:
        return "the file"
    return (
        "a form with the file" if "properties" in media["schema"] else type_words(media["schema"])
    )


def _responses(operation: Mapping[str, Any]) -> str:
    good: list[str] = []
    bad: list[str] = []
    for status, answer in operation["responses"].items():
        content = answer.get("content", {})
        shapes = ", ".join(_media_words(each) for each in content.values())
        is_good = status[0] in HTTP_STATUSES_GOOD
        row = (
            f'<div class="row"><div><span class="status {"good" if is_good else "bad"}">{status}'
            f'</span><span class="kind">{shapes}</span></div>'
            f"<div>{text(answer['description'])}{_headers(answer)}</div></div>"
        )
        (good if is_good else bad).append(row)
    return (
        f"<h4>Answers</h4>{_rows(good)}{_example(operation)}"
        f"<details><summary>Errors: {', '.join(_statuses(operation))}</summary>{_rows(bad)}</details>"
    )


def _headers(answer: Mapping[str, Any]) -> str:
    """Return the headers of this answer alone; those of all others are described once."""
    own = {name: each for name, each in answer["headers"].items() if "$ref" not in each}
    return "".join(text(f"`{name}` {each['description']}") for name, each in own.items())


def _example(operation: Mapping[str, Any]) -> str:
    for answer in operation["responses"].values():
        for media in answer.get("content", {}).values():
            if "example" in media:
                shown = json.dumps(media["example"], indent=2, ensure_ascii=False)
                return f"<pre><code>{escape(shown)}</code></pre>"
    return ""


def _statuses(operation: Mapping[str, Any]) -> Iterator[str]:
    return (each for each in operation["responses"] if each[0] not in HTTP_STATUSES_GOOD)


def _types(document: Mapping[str, Any]) -> str:
    schemas = document["components"]["schemas"]
    links = "".join(f"<li>{link(name)}</li>" for name in schemas)
    return (
        '<h2 id="types">Types</h2><p>What bodies and answers are made of.</p>'
        f'<ul class="kinds">{links}</ul>'
        + "".join(_type(name, schema) for name, schema in schemas.items())
    )


def _type(name: str, schema: Mapping[str, Any]) -> str:
    required = schema.get("required", ())
    rows = [
        _row(field, type_words(shape), _told(shape), required=field in required)
        for field, shape in schema.get("properties", {}).items()
    ]
    return (
        f'<section class="type" id="{anchor(name)}"><h3>{escape(name)}</h3>'
        f"{text(schema.get('description', ''))}{_rows(rows)}</section>"
    )


def _told(shape: Mapping[str, Any]) -> str:
    default = shape.get("default")
    told = str(shape.get("description", ""))
    if not default or isinstance(default, dict | list | tuple):
        return told
    return f"{told} `{default}` by default.".strip()


def _row(name: str, kind: str, told: str, *, required: bool) -> str:
    must = ' <span class="must" title="required">required</span>' if required else ""
    return (
        f'<div class="row"><div><span class="name">{escape(name)}</span>'
        f'<span class="kind">{kind}{must}</span></div>{text(told) or "<p></p>"}</div>'
    )


def _rows(rows: Iterable[str]) -> str:
    joined = "".join(rows)
    return f'<div class="rows">{joined}</div>' if joined else ""


def _codes(words: Iterable[str]) -> str:
    return ", ".join(f"<code>{escape(each)}</code>" for each in words)


def text(markdown: str) -> str:
    """Return the HTML of a few paragraphs: code, lists, nothing more."""
    parts = []
    for paragraph in filter(None, (each.strip() for each in markdown.split("\n\n"))):
        if paragraph.startswith("- "):
            items = paragraph.removeprefix("- ").split("\n- ")
            parts.append(f"<ul>{''.join(f'<li>{_inline(each)}</li>' for each in items)}</ul>")
        else:
            parts.append(f"<p>{_inline(paragraph)}</p>")
    return "".join(parts)


def _inline(line: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(line))
