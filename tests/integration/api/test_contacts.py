"""Who is left in peace, asked and told over HTTP."""

from __future__ import annotations

import pytest

from tests.integration.api.scene import TEMPLATE, Scene
from tests.integration.outbound.scene import ANA

PLACE = f"/v1/contacts/wa-main/{ANA}/suppression"


async def test_a_suppressed_contact_gets_nothing_until_that_is_taken_back(scene: Scene) -> None:
    before = await scene.get(PLACE)
    assert before.json == {"account": "wa-main", "address": ANA, "suppressed": False}
    told = await scene.ask("PUT", PLACE, json={"reason": "opted_out"})
    assert (told.status, told.json["reasons"]) == (200, ["opted_out"])
    refused = await scene.post("/v1/messages", TEMPLATE)
    assert (refused.status, refused.json["reason"]) == (409, "opted_out")
    lifted = await scene.ask("DELETE", PLACE)
    assert (lifted.status, lifted.json["suppressed"]) == (200, False)
    assert (await scene.post("/v1/messages", TEMPLATE)).status == 202


async def test_a_contact_is_the_same_under_every_form_of_the_number(scene: Scene) -> None:
    await scene.ask("PUT", PLACE, json={"reason": "blocked"})
    other = await scene.get(f"/v1/contacts/wa-main/+{ANA}/suppression")
    assert other.json["reasons"] == ["blocked"]


@pytest.mark.parametrize("body", [{}, {"reason": "no wish"}, {"reason": "opted_out", "why": 1}])
async def test_a_reason_that_is_none_is_refused(scene: Scene, body: object) -> None:
    answer = await scene.ask("PUT", PLACE, json=body)
    assert (answer.status, answer.json["reason"]) == (422, "invalid")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_an_unknown_account_is_not_found(scene: Scene, method: str) -> None:
    answer = await scene.ask(method, f"/v1/contacts/nobody/{ANA}/suppression")
    assert (answer.status, "wa-main" in answer.json["detail"]) == (404, True)
