"""A workspace whose live flow shows golden cases and that requires a gate: the gate measures with the cases, and what passed becomes live.

The model finds the error only where its question shows a case of it, so a pass proves that the cases were there.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from auricle_cli import app
from auricle_cli.errors import GateRefused
from auricle_contracts import Role
from auricle_contracts.golden import GoldenLabel, GoldenSplit, GoldenState
from auricle_criteria import FoundBy, documents
from auricle_criteria.classes import ClassState, read_classes
from auricle_scorer.neighbours import Neighbours
from fixtures.golden_items import agents, an_item, label
from fixtures.scripted_model import Scripted, served
from integration.gateway.conftest import Door
from integration.gateway.conftest import running as gateway_running
from integration.scorer.checklist_flow import kind_of
from integration.scorer.conftest import PROMPTS
from typer.testing import CliRunner

pytestmark = pytest.mark.timeout(600)  # a gate starts two processes
W, NAME = "ours", "rudeness"
MEASURED, SHOWN = "Вы сами виноваты, что заказ потерялся", "Сами потеряли заказ, сами и ищите"
CASE = re.compile(rf"^E\d {NAME}: yes", re.MULTILINE)
LOOSE = ("--doubtful", "0.3", "--wrong", "0.3")  # so that ten right items of ten are enough
FLOW = (PROMPTS / "flows" / "checklist.yaml").read_text("utf-8")


def by_case(schema: dict[str, Any], prompt: str) -> dict[str, Any] | None:
    """Rude at the agent's turn of a measured dialogue, where the question shows a case of it."""
    kind = kind_of(schema)
    if kind == "detect":
        found = MEASURED in prompt and CASE.search(prompt)
        return {name: {"at": ["T2"]} if name == NAME and found else None for name in schema["properties"]}
    return dict.fromkeys(schema["properties"], "yes") if kind == "verify" else None


@pytest.fixture
async def door(postgres_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Door]:
    async with gateway_running(postgres_url, redis_url, tmp_path / "blobs", rate_per_minute=0) as alone:
        yield alone


@pytest.fixture
async def candidate(door: Door) -> dict[str, Any]:
    """A class that waits for promotion, beside a live flow that shows cases, where a gate is required."""
    flow = await made(door, "flow", FLOW.replace("steps:", "examples: {source: golden, count: 2}\nsteps:", 1))
    assert (await promoted(door, flow)).status_code == 200
    settings = {"consent": True, "gate_required": True}
    assert (await door.ours.put("/v1/golden-settings", json=settings)).status_code == 200
    shipped = read_classes(PROMPTS)[NAME]
    text = documents.as_yaml(
        shipped.model_copy(update={"found_by": FoundBy.PROMPT, "rule": None, "state": ClassState.LIVE})
    )
    return await made(door, "error_class", text)


async def made(door: Door, kind: str, text: str) -> dict[str, Any]:
    reply = await door.ours.post("/v1/artefacts", json={"kind": kind, "text": text, "state": "candidate"})
    assert reply.status_code == 201, reply.text
    return dict(reply.json())


async def promoted(door: Door, one: dict[str, Any]) -> Any:
    return await door.ours.post(f"/v1/artefacts/{one['id']}/promote", json={"reason": "It passed its gate"})


async def items(door: Door, *, shown: bool) -> None:
    """Ten dialogues of each side to measure on, and where `shown` a case of each side to show."""
    test, train = next(agents(W, GoldenSplit.TEST)), next(agents(W, GoldenSplit.TRAIN))
    for number in range(20):
        rude, asked = number % 2 == 0, f"Где мой заказ под буквой {chr(ord('а') + number)}?"
        state = decided(MEASURED if rude else None)
        said = ((Role.CUSTOMER, asked), (Role.AGENT, MEASURED if rude else "Сейчас проверю, где ваш заказ"))
        await an_item(door.db, W, said, state, split=GoldenSplit.TEST, agent=test)
    for words, place in ((SHOWN, SHOWN), ("Нашёл ваш заказ", None)) if shown else ():
        said = ((Role.CUSTOMER, "Заказ потерялся в дороге"), (Role.AGENT, words))
        await an_item(door.db, W, said, decided(place), agent=train)


def decided(place: str | None) -> GoldenLabel:
    """It is there, or it is not."""
    state = GoldenState.FOUND if place else GoldenState.NOT_FOUND
    return label(state, subject=NAME, turn=2 if place else None, text=place or "")


async def gated(door: Door, neighbours: Neighbours, one: dict[str, Any], *more: str) -> tuple[Any, Scripted]:
    key = door.ours.headers["authorization"].removeprefix("Bearer ")
    with served(Scripted(say=by_case, context=8192)) as (url, model):
        words = [
            "gate", "--candidate", f"error_class:{NAME}@{one['hash'][:12]}", "--url", door.url, "--key", key, "--model-url", url,
            "--rules-url", neighbours.rules_url, "--compressor-url", neighbours.compressor_url, "--runs", "1", *LOOSE, *more,
        ]  # fmt: skip
        return await asyncio.to_thread(CliRunner().invoke, app.app, words), model


async def test_it_is_measured_with_cases_of_the_training_split_and_promoted(
    door: Door, candidate: dict[str, Any], neighbours: Neighbours
) -> None:
    await items(door, shown=True)
    refused = await promoted(door, candidate)
    assert (refused.status_code, refused.json()["code"]) == (409, "gate_not_passed")
    ended, model = await gated(door, neighbours, candidate)
    assert ended.exit_code == 0, (ended.output, ended.exception)
    questions = [one for one in model.prompts if CASE.search(one)]
    assert len(questions) >= 20
    cases = [one.partition("Похожие случаи")[2] for one in questions]
    assert all(SHOWN in one and MEASURED not in one for one in cases), "what is measured is shown to no question"
    told = await promoted(door, candidate)
    assert told.status_code == 200, told.text


async def test_without_cases_it_says_nothing_and_is_refused(
    door: Door, candidate: dict[str, Any], neighbours: Neighbours
) -> None:
    await items(door, shown=False)
    ended, model = await gated(door, neighbours, candidate)
    assert isinstance(ended.exception, GateRefused), (ended.output, ended.exception)
    assert not [one for one in model.prompts if CASE.search(one)]
    assert (await promoted(door, candidate)).json()["code"] == "gate_not_passed"


async def test_items_of_a_file_have_no_cases_and_are_no_measurement(
    door: Door, candidate: dict[str, Any], neighbours: Neighbours, tmp_path: Path
) -> None:
    turns = '[{"role": "customer", "text": "Где заказ?"}, {"role": "agent", "text": "Ищите"}]'
    labels = '[{"kind": "error_class", "subject": "rudeness", "state": "found"}]'
    (tmp_path / "items.jsonl").write_text(f'{{"channel": "chat", "turns": {turns}, "labels": {labels}}}')
    ended, _ = await gated(door, neighbours, candidate, "--items", str(tmp_path / "items.jsonl"))
    assert "examples_unmeasured" in str(ended.exception)
