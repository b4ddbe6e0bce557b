"""A webhook's bytes made into JSON that decodes."""

from __future__ import annotations

import json

import msgspec

from gateway.api import BodyMalformed


def sound(body: bytes) -> bytes:
    """Return a body as JSON that decodes: as it came, or with half characters replaced.

    Half of a surrogate pair is what is left of an emoji that was cut off; it is no reason to lose
    the messages around it.

    Raises:
        BodyMalformed: It is not a JSON object.
    """
    try:
        msgspec.json.decode(body)
    except RecursionError as error:
        raise BodyMalformed("the body is nested too deeply") from error
    except ValueError:
        body = _mended(body)
    if not body.lstrip(b" \t\r\n").startswith(b"{"):
        raise BodyMalformed("the body is JSON, but not an object")
    return body


def _mended(body: bytes) -> bytes:
    try:
        text = json.dumps(json.loads(body), ensure_ascii=False, allow_nan=False)
    except (ValueError, RecursionError) as error:
        raise BodyMalformed("the body is not JSON") from error
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
