"""Second and third masking sets: every line has its form, and every span stands verbatim in its line."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

_FOLDER = Path(__file__).parents[2] / "data" / "masking"
_KINDS = {"name", "phone", "email", "card", "passport", "snils", "inn", "address", "birth_date", "other"}
_FORM = {"id", "language", "channel", "role", "before", "text", "spans"}


@pytest.fixture(scope="module", params=("second_hand.jsonl", "third_hand.jsonl"))
def lines(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (_FOLDER / request.param).read_text(encoding="utf-8").splitlines()]


def test_every_line_has_the_form(lines: list[dict[str, Any]]) -> None:
    for line in lines:
        assert _FORM <= line.keys() <= _FORM | {"public"}, line["id"]
        assert line["language"] in {"ru", "en"}, line["id"]
        assert line["channel"] in {"call", "chat", "email"}, line["id"]
        assert line["role"] in {"agent", "customer"}, line["id"]
        assert all(span["kind"] in _KINDS for span in line["spans"]), line["id"]


def test_spans_stand_in_their_line_one_behind_the_other(lines: list[dict[str, Any]]) -> None:
    for line in lines:
        end = 0
        for span in line["spans"]:
            start = line["text"].find(span["text"], end)
            assert span["text"].strip(), line["id"]
            assert start >= 0, (line["id"], span)
            end = start + len(span["text"])


def test_ids_and_texts_are_unique(lines: list[dict[str, Any]]) -> None:
    assert len({line["id"] for line in lines}) == len(lines)
    assert len({line["text"] for line in lines}) == len(lines)


def test_half_of_the_lines_hide_nothing_and_every_kind_is_there(lines: list[dict[str, Any]]) -> None:
    kinds = Counter(span["kind"] for line in lines for span in line["spans"])
    assert len(lines) >= 170
    assert 2 * sum(not line["spans"] for line in lines) >= len(lines)
    assert min(kinds[kind] for kind in ("phone", "name", "email", "card", "passport", "snils", "inn", "address")) >= 10
