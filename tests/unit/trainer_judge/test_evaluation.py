"""Figures over answers that can be counted by hand; one part needs scikit-learn (make test-trainer)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from auricle_contracts import Channel, Role
from auricle_judging import Completion
from auricle_trainer.judge.asking import Asked, ask
from auricle_trainer.judge.documents import Asking
from auricle_trainer.judge.labelled import Label, Labelled, Words

pytest.importorskip("sklearn", reason="the trainer's packages are not installed (make test-trainer)")
pytestmark = pytest.mark.torch

from auricle_trainer.judge import baselines, evaluation  # noqa: E402 (after the skip)
from auricle_trainer.judge.sources import Source  # noqa: E402

TURNS = (
    (1, Role.CUSTOMER, "Где мой заказ, третий день жду?"),
    (2, Role.AGENT, "Всё есть на сайте, читайте внимательно."),
)
ASKING = Asking.read(Path(__file__).parents[3] / "prompts")


class Scripted:
    """Answers every prompt with the same two objects."""

    def __init__(self, evaluate: Any, intent: Any) -> None:
        self._said = {"evaluate": json.dumps(evaluate, ensure_ascii=False), "intent": json.dumps(intent)}

    async def ask(
        self, messages: Sequence[Any], schema: Mapping[str, Any], *, temperature: float, max_tokens: int
    ) -> Completion:
        assert messages
        assert max_tokens > 0
        assert temperature == 0
        name = "intent" if "intent" in schema["properties"] else "evaluate"
        return Completion(self._said[name], True, (), 10, 5, 0.1)


@pytest.fixture
def complaint() -> Labelled:
    labels: dict[str, Label | None] = {
        "politeness": Label(30, (Words(2, "читайте внимательно"),)),
        "objection_handling": None,
        "sale_chance": None,
        "stage": None,
        "intent": Label("status", (Words(1, "Где мой заказ"),)),
    }
    return Labelled("c", Channel.CHAT, "ru", TURNS, "Агент отправил на сайт.", labels)


def asked(dialogue: Labelled, evaluate: Any, intent: Any) -> tuple[Asked, Asked]:
    model = Scripted(evaluate, intent)
    one, why = (asyncio.run(ask(model, ASKING, prompt, dialogue)) for prompt in (ASKING.evaluate, ASKING.intent))
    return one, why


def said(politeness: int, at: str, sale: Any = None) -> dict[str, Any]:
    stage = sale and {"at": ["T1"], "value": "needs"}
    scores = {"politeness": {"at": [at], "value": politeness}, "objection_handling": None, "sale_chance": sale}
    return {"reasoning": "Агент отправил на сайт.", **scores, "stage": stage}


def test_right_and_wrong_answers_are_counted(complaint: Labelled) -> None:
    right = asked(complaint, said(40, "T2"), {"intent": {"at": ["T1"], "value": "status"}})
    sale = {"at": ["T1"], "value": 50}
    wrong = asked(complaint, said(90, "T1", sale), {"intent": {"at": ["T2"], "value": "order"}})
    figures = evaluation.of_answers([right, wrong])
    assert figures["politeness"]["mae"]["value"] == 35.0
    assert figures["politeness"]["mae"]["n"] == 2
    assert figures["intent"]["accuracy"]["value"] == 0.5
    assert figures["occasion"]["sale_chance"]["value"] == 0.5
    assert figures["occasion"]["objection_handling"]["value"] == 1.0
    assert figures["evidence"]["all"]["value"] == 0.5
    assert figures["answered"]["value"] == 1.0
    assert figures["stage"]["macro_f1"]["n"] == 0


def test_a_reply_out_of_form_is_unanswered(complaint: Labelled) -> None:
    silent = asked(complaint, {"reasoning": "?"}, {"intent": {"at": ["T1"], "value": "status"}})
    figures = evaluation.of_answers([silent])
    assert figures["answered"]["value"] == 0.0
    assert figures["in_form"]["value"] == 0.5
    assert figures["unrepaired"]["value"] == 0.5
    assert figures["politeness"]["mae"]["n"] == 0
    assert figures["occasion"]["sale_chance"]["value"] == 0.0


def test_an_occasion_that_was_not_seen_is_a_wrong_stage(complaint: Labelled) -> None:
    sold = replace(complaint, labels={**complaint.labels, "stage": Label("needs", (Words(1, "Где мой заказ"),))})
    figures = evaluation.of_answers([asked(sold, said(30, "T2"), {"intent": {"at": ["T1"], "value": "status"}})])
    assert figures["stage"]["macro_f1"] == {"value": 0.0, "low": 0.0, "high": 0.0, "n": 1}


def test_the_baselines_say_something_about_every_criterion() -> None:
    source = Source()
    training, unseen = (
        [source.dialogue(seed) for seed in range(120)],
        [source.dialogue(seed) for seed in range(500, 520)],
    )
    for baseline in (baselines.constant, baselines.tfidf):
        figures = evaluation.of_values(unseen, baseline(training, unseen))
        assert figures["politeness"]["mae"]["n"] == 20
        assert 0 < figures["politeness"]["mae"]["value"] < 50
        assert figures["intent"]["accuracy"]["n"] == 20
    assert evaluation.of_values(unseen, baselines.tfidf(training, unseen))["occasion"]["sale_chance"]["value"] > 0.5
