"""What a caller may not say."""

from __future__ import annotations

import json

import pytest

from gateway.codec import asked
from gateway.errors import CodecError


def test_a_caller_cannot_put_the_tag_for_people_on() -> None:
    message = {"account": "page", "to": "24", "content": {"kind": "text", "text": "Hi"}}
    assert asked.outbound(json.dumps(message).encode()).tag is None
    with pytest.raises(CodecError, match=r"\$\.tag"):
        asked.outbound(json.dumps({**message, "tag": "HUMAN_AGENT"}).encode())
