"""What a notice says of an item that cannot be read: where it is wrong, and what would be right."""

from __future__ import annotations

import msgspec
import pytest

from gateway.api import ItemBroken, item_fault


class Person(msgspec.Struct):
    id: str


class Letter(msgspec.Struct):
    sender: Person


def wrong(body: bytes) -> Exception:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(body, type=Letter)
    return caught.value


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ItemBroken(".at", "expected a time"), "$.letters[2].at: expected a time"),
        (ItemBroken("", "expected a text, got none"), "$.letters[2]: expected a text, got none"),
        (
            wrong(b'{"sender": {"id": 7}}'),
            "$.letters[2].sender.id: Expected `str`, got `int`",
        ),
        (wrong(b"{}"), "$.letters[2]: Object missing required field `sender`"),
        (KeyError("mood"), "$.letters[2]: KeyError: 'mood'"),
    ],
)
def test_a_fault_is_told_with_its_path_from_the_root_of_the_body(
    error: Exception, told: str
) -> None:
    assert item_fault(error, "$.letters[2]") == told
