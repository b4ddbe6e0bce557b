"""The OpenAPI document, made from the table of operations and the types it names.

Source: OpenAPI Specification 3.1.0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from http import HTTPStatus
from typing import Any, Final

import msgspec

from gateway import __version__
from gateway.bus.apikeys import SCOPES
from gateway.codec import schema
from gateway.codec.documentation import field_meanings, summary
from gateway.http.api.headers import OF_EVERY, OF_STATUS
from gateway.http.api.operation import (
    BYTES,
    NONE_READ,
    TABLE,
    Body,
    Header,
    Headers,
    Nothing,
    Operation,
)
from gateway.http.api.routes import JSON
from gateway.http.api.table import GROUPS
from gateway.http.problem import MEDIA_TYPE, Details

REF: Final = "#/components/schemas/{name}"
HEADER_REF: Final = "#/components/headers/{name}"
SECURITY: Final = "key"
NOT_JSON: Final = {BYTES: "*/*", TABLE: "text/csv"}
"""Media types of answers."""

OF_KEYS: Final = {
    401: "No key, or not a valid one.",
    403: "The key is not allowed this.",
    429: "Too many wrong keys; see `Retry-After`.",
    503: "Redis or the media store does not answer; see `Retry-After`.",
}
OF_FIELDS: Final = {422: "A field is wrong: `problems` names each, with its path."}
OF_BODIES: Final = {
    400: "The body is not JSON.",
    408: "The body came too slowly.",
    413: "The body is larger than `http.body_limit_bytes` of the settings.",
    415: "The body is announced as something else than `application/json`.",
}

_DESCRIPTION: Final = """\
Send messages on every channel, and see what became of them. What contacts write comes on the \
event streams, not here.

A key goes along as `Authorization: Bearer rlv_…`; `relevo keys create` makes one. Callers on the \
daemon's own machine may need none (`http.api_keys`). Errors are `application/problem+json` \
(RFC 9457). Times are milliseconds since 1970. A field that holds its default is left out of \
answers (None in a description is such a default: no value), and new fields may come at any time; \
in requests an unknown field is an error.
"""


def document(operations: Sequence[Operation]) -> dict[str, Any]:
    """Return the document of a table of operations."""
    types = list(dict.fromkeys([Details, *_types(operations)]))
    _, components = schema.components(types, ref=REF)
    _close(components, operations)
    paths: dict[str, dict[str, Any]] = {}
    for each in operations:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each)
    scopes = "\n".join(f"- `{name}`: {told}" for name, told in SCOPES.items())
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Relevo",
            "version": __version__,
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": told} for name, told in GROUPS.items()],
        "paths": paths,
        "components": {
            "schemas": components,
            "headers": {
                name: _header(each)
                for several in (OF_EVERY, *OF_STATUS.values())
                for name, each in several.items()
            },
            "securitySchemes": {
                SECURITY: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": f"An API key. What it may do are its scopes:\n\n{scopes}",
                }
            },
        },
    }


def problems_of(operation: Operation) -> dict[int, str]:
    """Return every error answer of an operation, by status."""
    found = dict(OF_FIELDS)  # of each: parameters that it does not know are refused
    if operation.scope is not None:
        found |= OF_KEYS
    if operation.body is not Nothing:
        found |= OF_BODIES
    return dict(sorted((found | dict(operation.problems)).items()))


def _types(operations: Iterable[Operation]) -> Iterator[Any]:
    for each in operations:
        answers = [one for several in each.answers.values() for one in _several(several)]
        yield from (one for one in (*_body_types(each), *answers) if _is_struct(one))


def _is_struct(wanted: Any) -> bool:
    return isinstance(wanted, type) and issubclass(wanted, msgspec.Struct)


def _body_types(operation: Operation) -> tuple[Any, ...]:
    if isinstance(operation.body, Body):
        return tuple(each for several in operation.body.content.values() for each in several)
    return () if operation.body is Nothing else (operation.body,)


def _several(answer: Any) -> tuple[Any, ...]:
    if answer is None:
        return ()
    return answer if isinstance(answer, tuple) else (answer,)


def _close(components: dict[str, Any], operations: Iterable[Operation]) -> None:
    """Say of everything that is read from callers that other fields are refused."""
    for operation in operations:
        for each in _body_types(operation):
            if _is_struct(each):
                for name in schema.structs(each):
                    components[name]["additionalProperties"] = False


def _operation(operation: Operation) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.group],
        "summary": operation.summary,
    }
    if operation.description:
        made["description"] = operation.description
    if parameters := [*_parameters(operation), *_headers(operation.headers)]:
        made["parameters"] = parameters
    if content := _content(operation):
        made["requestBody"] = {"required": True, "content": content}
    made["responses"] = _responses(operation)
    # In 3.1 the list may name roles for schemes other than OAuth2 too.
    made["security"] = [] if operation.scope is None else [{SECURITY: [operation.scope]}]
    return made


def _parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    meanings = field_meanings(operation.parameters)
    for field in msgspec.structs.fields(operation.parameters):
        in_path = f"{{{field.encode_name}}}" in operation.path
        (shape,), _ = msgspec.json.schema_components([field.type], ref_template=REF)
        if not field.required and field.default not in (None, ""):
            shape = {**shape, "default": field.default}
        yield {
            "name": field.encode_name,
            "in": "path" if in_path else "query",
            "required": in_path or field.required,
            "description": meanings.get(field.name, ""),
            "schema": _without_null(shape),
        }


def _without_null(shape: dict[str, Any]) -> dict[str, Any]:
    """Return a schema without null: nothing in a query is."""
    options = [each for each in shape.get("anyOf", ()) if each != {"type": "null"}]
    if len(options) != 1:
        return shape
    rest = {name: each for name, each in shape.items() if name not in ("anyOf", "default")}
    return {**options[0], **rest}


def _headers(headers: Headers) -> Iterator[dict[str, Any]]:
    for name, header in headers.items():
        yield {"name": str(name), "in": "header", **_header(header)}


def _header(header: Header) -> dict[str, Any]:
    return {"description": header.meaning, "schema": dict(header.shape)}


def _sent(operation: Operation, status: int) -> dict[str, Any]:
    """Return the headers of an answer: its own, and by name those that are described once."""
    own = operation.sends.get(status, NONE_READ)
    shared = {**OF_EVERY, **OF_STATUS.get(status, NONE_READ)}
    named = {str(name): {"$ref": HEADER_REF.format(name=name)} for name in shared}
    return {str(name): _header(each) for name, each in own.items()} | {
        name: each for name, each in named.items() if name not in own
    }


def _content(operation: Operation) -> dict[str, Any]:
    if operation.body is Nothing:
        return {}
    if isinstance(operation.body, Body):
        content = {kind: _media(each) for kind, each in operation.body.content.items()}
    else:
        content = {JSON: _media((operation.body,))}
    if operation.example is not None:
        content[JSON]["example"] = operation.example
    return content


def _media(types: tuple[Any, ...]) -> dict[str, Any]:
    if types == (BYTES,):
        return {}
    if types == (TABLE,):
        return {"schema": {"type": "string"}}
    if isinstance(types[0], dict):
        return {"schema": types[0]}
    schemas, _ = msgspec.json.schema_components(types, ref_template=REF)
    return {"schema": schemas[0] if len(schemas) == 1 else {"anyOf": list(schemas)}}


def _responses(operation: Operation) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for status, answer in operation.answers.items():
        types = _several(answer)
        made[str(status)] = {
            "description": _answer_words(status, types),
            "headers": _sent(operation, status),
        }
        if types:
            kind = NOT_JSON.get(types[0], JSON)
            made[str(status)]["content"] = {kind: _media(types)}
    first = next(iter(made.values()))
    if operation.answer_example is not None:
        first["content"][JSON]["example"] = operation.answer_example
    for status, told in problems_of(operation).items():
        content = {MEDIA_TYPE: _media((Details,))}
        headers = _sent(operation, status)
        made[str(status)] = {"description": told, "headers": headers, "content": content}
    return made


def _answer_words(status: int, types: tuple[Any, ...]) -> str:
    if not types:
        return HTTPStatus(status).phrase
    if types == (BYTES,):
        return "A part of the file." if status == 206 else "The file."
    if types == (TABLE,):
        return "The table: a heading, and a line for each."
    return " Or: ".join(summary(each) for each in types)
