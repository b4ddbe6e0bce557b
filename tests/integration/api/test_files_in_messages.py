"""Files of our media store that messages name: looked up before the message is taken."""

from __future__ import annotations

from typing import Any

from tests.integration.api.scene import TEMPLATE, TEXT, Scene

READY = {"kind": "template", "name": "ready", "language": "en_US"}


async def uploaded(scene: Scene) -> str:
    answer = await scene.ask(
        "POST", "/v1/media", data=b"%PDF-1.7", headers={"Content-Type": "application/pdf"}
    )
    found: str = answer.json["id"]
    return found


def document(stored_id: str) -> dict[str, Any]:
    return TEXT | {"content": {"kind": "document", "media": {"stored_id": stored_id}}}


async def test_a_file_that_is_not_there_is_told_by_its_field(scene: Scene) -> None:
    await scene.opens_window()
    answer = await scene.post("/v1/messages", document("nope"))
    assert (answer.status, answer.json["reason"]) == (422, "invalid")
    assert answer.json["problems"] == [
        {
            "path": "$.content.media.stored_id",
            "explanation": "is the id of no file; upload it with POST /v1/media",
        }
    ]
    tried = await scene.post("/v1/messages?dry_run=true", document("nope"))
    assert tried.status == 422
    good = await scene.post("/v1/messages", document(await uploaded(scene)))
    assert good.status == 202


async def test_files_are_looked_for_wherever_they_may_stand(scene: Scene) -> None:
    there, gone = {"stored_id": await uploaded(scene)}, {"stored_id": "gone"}
    header = {"type": "media", "format": "document", "media": gone}
    filled = TEMPLATE | {"content": READY | {"header": header}}
    behind = TEXT | {
        "on_closed_window": "template",
        "fallback": {"template": READY | {"header": header}},
    }
    cards = [
        {"header": {"type": "media", "format": "image", "media": each}} for each in (there, gone)
    ]
    carousel = TEMPLATE | {"content": READY | {"cards": cards}}
    answer = await scene.post("/v1/messages", {"messages": [filled, behind, carousel]})
    found = [{each["path"] for each in one["problems"]} for one in answer.json["results"]]
    assert found == [
        {"$.content.header.media.stored_id"},
        {"$.fallback.template.header.media.stored_id"},
        {"$.content.cards[1].header.media.stored_id"},
    ]
