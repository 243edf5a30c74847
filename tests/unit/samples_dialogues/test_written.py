"""Held-out dialogues written by hand: form, ranges, choices, verbatim evidence and the spread that they promise."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from auricle_samples import dialogues

_PATH = Path(dialogues.__file__).parent / "written" / "heldout.jsonl"
_CRITERIA = ("politeness", "objection_handling", "sale_chance", "stage", "intent")
_CHOICES = {
    "stage": {"start", "needs", "presentation", "objections", "closing"},
    "intent": {"order", "change", "cancel", "status", "question", "problem", "money", "complaint", "other"},
}
_TURNS = {"call": range(8, 41), "chat": range(4, 21), "email": range(2, 9)}


@pytest.fixture(scope="module")
def written() -> list[dict[str, Any]]:
    return [json.loads(line) for line in _PATH.read_text(encoding="utf-8").splitlines()]


def test_every_dialogue_has_the_form(written: list[dict[str, Any]]) -> None:
    for each in written:
        assert each.keys() == {"id", "lang", "channel", "domain", "scenario", "turns", "labels"}, each["id"]
        assert each["labels"].keys() == {"reasoning", *_CRITERIA}, each["id"]
        assert 10 <= len(each["labels"]["reasoning"]) <= 200, each["id"]
        assert len(each["turns"]) in _TURNS[each["channel"]], each["id"]
        assert all(role in {"agent", "customer", "bot", "ivr"} and text.strip() for role, text in each["turns"])


def test_values_are_within_their_scales(written: list[dict[str, Any]]) -> None:
    for each in written:
        for criterion in _CRITERIA:
            label = each["labels"][criterion]
            if label is None:
                assert criterion not in {"politeness", "intent"}, each["id"]
            elif criterion in _CHOICES:
                assert label["value"] in _CHOICES[criterion], each["id"]
            else:
                assert label["value"] in range(0, 101, 5), (each["id"], criterion)


def test_a_sale_has_a_chance_and_a_stage_or_neither(written: list[dict[str, Any]]) -> None:
    for each in written:
        assert (each["labels"]["sale_chance"] is None) == (each["labels"]["stage"] is None), each["id"]


def test_evidence_stands_verbatim_in_its_turn(written: list[dict[str, Any]]) -> None:
    for each in written:
        for criterion in _CRITERIA:
            places = (each["labels"][criterion] or {"at": []})["at"]
            assert len(places) in (range(1, 3) if each["labels"][criterion] else {0}), (each["id"], criterion)
            for turn, words in places:
                assert words.strip(), (each["id"], criterion)
                assert words in each["turns"][turn - 1][1], (each["id"], criterion, words)


def test_politeness_is_shown_by_the_agent_only(written: list[dict[str, Any]]) -> None:
    for each in written:
        for turn, _ in each["labels"]["politeness"]["at"]:
            assert each["turns"][turn - 1][0] == "agent", each["id"]


def test_counts_and_spread(written: list[dict[str, Any]]) -> None:
    assert len({each["id"] for each in written}) == len(written)
    languages = Counter(each["lang"] for each in written)
    channels = Counter(each["channel"] for each in written)
    assert languages["ru"] >= 58
    assert languages["en"] >= 14
    assert channels["call"] >= 30
    assert channels["chat"] >= 26
    assert channels["email"] >= 16
    assert 2 * sum(each["labels"]["stage"] is None for each in written) >= len(written)
    assert len({each["labels"]["politeness"]["value"] // 10 for each in written}) >= 9
    for criterion, choices in _CHOICES.items():
        assert {each["labels"][criterion]["value"] for each in written if each["labels"][criterion]} == choices
