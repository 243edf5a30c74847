"""A training whole, on a stack of real processes: asked for at the gateway, run by keeper, a tiny model taught, gated on golden items,
promoted by a person, judged by, and rolled back.

All customers want to order, so a few hundred steps teach the answer and the gate passes: tested is the road, and nothing about weights.
"""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from auricle_cli.stack.local_stack import LocalStack
from auricle_contracts.golden import GoldenSplit
from auricle_records.database import Database
from fixtures.golden_items import agents
from fixtures.scripted_stack import ROOT, state_folder
from integration.gateway.posted import post_chat
from integration.gateway.signed_in import person_of
from sqlalchemy import text

torch = pytest.importorskip("torch", reason="the trainer's torch is not installed (make test-trainer)")
pytestmark = [pytest.mark.torch, pytest.mark.timeout(1200)]
SERVICES = ("llm", "compressor", "rules", "gateway", "keeper", "scorer")
WORKSPACE, JUDGE = "demo", ROOT / "models" / "judge"
# Thirty-six right items of thirty-six are the fewest that pass with one to spare.
ITEMS = {GoldenSplit.TRAIN: 24, GoldenSplit.DEVELOPMENT: 4, GoldenSplit.TEST: 36}
NUMBERS = {"rank": 8, "passes": 30.0, "batch_tokens": 4096, "rate": 3e-3, "whole_share": 1.0, "gate_runs": 1}
ENDED = ("proposed", "refused", "failed", "stopped")
MINUTES = 12
SURE = 0.2


def dialogue(number: int, agent: str) -> dict[str, Any]:
    """Somebody wants to order; who decided says so, with the place."""
    thing = "абвгдежзиклмнопрстуфхцчшщэюя"[number % 28] * (3 + number // 28)
    label = {
        "kind": "criterion", "subject": "intent", "state": "answered", "value": "order", "decided_by": "Анна",
        "places": [{"turn": 1, "text": "хочу заказать"}],
    }  # fmt: skip
    turns = [
        {"role": "customer", "text": f"Здравствуйте, хочу заказать столик {thing}."},
        {"role": "agent", "text": "Оформляю заказ, спасибо."},
    ]
    return {"channel": "chat", "language": "ru", "agent": agent, "turns": turns, "labels": [label]}


@pytest.fixture
async def stack(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LocalStack]:
    """With a judge's folder of its own, into which adapters are laid."""
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([*os.environ.get("PYTHONPATH", "").split(os.pathsep), str(ROOT / "tests")])
    )
    with state_folder() as state:
        judge = state / "judge"
        (judge / "adapters").mkdir(parents=True)
        for name in ("base.gguf", "adapter.gguf", "serving.yaml"):
            (judge / name).symlink_to(JUDGE / name)
        settings = {
            "AURICLE_JUDGE_DIR": str(judge), "AURICLE_ADAPTERS_URL": f"file://{judge / 'adapters'}", "AURICLE_TRAINING_DRIVER": "process",
            "AURICLE_RATE_PER_MINUTE": "0",
        }  # fmt: skip
        with LocalStack(ROOT, state, print, SERVICES, settings) as running:
            yield running


@pytest.fixture
async def api(stack: LocalStack) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {stack.key}"}
    async with httpx.AsyncClient(base_url=stack.plan.url("gateway"), headers=headers, timeout=60) as client:
        yield client


async def only_intent(api: httpx.AsyncClient) -> None:
    """From now on the scorecard asks a model for one answer, so that a gate has one to grade; SURE is enough of a model of so few steps."""
    card = yaml.safe_load((ROOT / "prompts" / "scorecards" / "sales.yaml").read_text("utf-8"))
    card["criteria"] = [one for one in card["criteria"] if one["layer"] != "model" or one["id"] == "intent"]
    next(one for one in card["criteria"] if one["id"] == "intent")["min_confidence"] = SURE
    kept = {one["id"] for one in card["criteria"]}
    for section in card["sections"]:
        section["items"] = [one for one in section["items"] if one.get("criterion", "intent") in kept]
    card["sections"] = [one for one in card["sections"] if one["items"]]
    body = {"kind": "scorecard", "text": yaml.safe_dump(card, allow_unicode=True, sort_keys=False)}
    made = await api.post("/v1/artefacts", json=body)
    assert made.status_code == 201, made.text
    promoted = await api.post(f"/v1/artefacts/{made.json()['id']}/promote", json={"reason": "One answer to learn"})
    assert promoted.status_code == 200, promoted.text


async def labelled(api: httpx.AsyncClient) -> None:
    """Golden items of all three splits, consented to."""
    assert (await api.put("/v1/golden-settings", json={"consent": True, "gate_required": True})).status_code == 200
    names = [name for split, count in ITEMS.items() for name in islice(agents(WORKSPACE, split), count)]
    lines = "".join(json.dumps(dialogue(*one), ensure_ascii=False) + "\n" for one in enumerate(names))
    headers = {"Content-Type": "application/x-ndjson"}
    brought = await api.post("/v1/golden-imports", headers=headers, content=lines.encode())
    assert brought.json()["added"] == sum(ITEMS.values()), brought.text
    assert (await api.put("/v1/training-settings", json={"fewest": 8})).status_code == 200


async def ended(api: httpx.AsyncClient, stack: LocalStack, training: str) -> dict[str, Any]:
    """The training once nothing more comes of it; with its job's words where it is not a proposal."""
    last = time.monotonic() + 60 * MINUTES
    while time.monotonic() < last:
        found = dict((await api.get(f"/v1/trainings/{training}")).json())
        if found["state"] in ENDED:
            break
        await asyncio.sleep(1)
    folder = Path(stack.plan.shared()["AURICLE_TRAINING_DIR"]) / training
    said = [
        one.read_text("utf-8", "replace")[-1500:] for one in sorted(folder.glob("*.*")) if one.suffix in (".log", ".md")
    ]
    assert found["state"] == "proposed", (found, *said)
    return found


async def judged_by(api: httpx.AsyncClient, stack: LocalStack) -> set[str]:
    """Models in the ledger of a new chat."""
    chat = await post_chat(api)
    last = time.monotonic() + 120
    while (reply := await api.get(f"/v1/conversations/{chat}/evaluation")).status_code != 200:
        assert time.monotonic() < last, reply.text
        await asyncio.sleep(0.2)
    found = text("SELECT model FROM ledger WHERE conversation_id = :chat AND model IS NOT NULL")
    async with Database.connect(stack.plan.database_url) as db, db.transaction(WORKSPACE) as connection:
        return set(await connection.scalars(found, {"chat": chat}))


async def test_asked_for_trained_gated_promoted_and_rolled_back(api: httpx.AsyncClient, stack: LocalStack) -> None:
    await only_intent(api)
    await labelled(api)
    person = await person_of(api, "quality_manager", email="quinn@ours.example")
    asked = await person.post("/v1/trainings", json={"base": "judge_5m", "numbers": NUMBERS})
    assert asked.status_code == 201, asked.text
    done = await ended(api, stack, asked.json()["id"])
    version = (await api.get(f"/v1/artefacts/{done['artefact_id']}")).json()
    assert (version["kind"], version["state"], version["figures"]["gate"]["verdict"]) == (
        "adapter",
        "candidate",
        "passed",
    )
    assert (version["figures"]["gate"]["items"], version["figures"]["training"]["examples"]) == (36, 24)
    assert await judged_by(api, stack) == {"judge"}, "nothing becomes live by itself"
    promoted = await person.post(f"/v1/artefacts/{version['id']}/promote", json={"reason": "It passed its gate"})
    assert promoted.status_code == 200, promoted.text
    assert await judged_by(api, stack) == {f"judge-{version['hash']}"}
    back = await person.post(f"/v1/artefacts/{version['id']}/rollback", json={"reason": "Only a test"})
    assert back.status_code == 200, back.text
    assert await judged_by(api, stack) == {"judge"}
    await person.aclose()
