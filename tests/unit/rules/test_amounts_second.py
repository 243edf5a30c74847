"""Second and third sets of amounts: every line has its form, and every sum stands verbatim in its line."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

_FOLDER = Path(__file__).parents[2] / "data" / "rules"
_CURRENCIES = {"RUB", "USD", "EUR", "KZT", "BYN", None}


@pytest.fixture(scope="module", params=("amounts_second.jsonl", "amounts_third.jsonl"))
def lines(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (_FOLDER / request.param).read_text(encoding="utf-8").splitlines()]


def test_every_line_has_the_form(lines: list[dict[str, Any]]) -> None:
    for line in lines:
        assert line.keys() == {"id", "language", "text", "amounts", "percents"}, line["id"]
        assert line["language"] in {"ru", "en"}, line["id"]
        assert all(amount["currency"] in _CURRENCIES for amount in line["amounts"]), line["id"]
        assert all(Decimal(value["value"]) >= 0 for value in line["amounts"] + line["percents"]), line["id"]


@pytest.mark.parametrize("field", ["amounts", "percents"])
def test_values_stand_in_their_line_one_behind_the_other(lines: list[dict[str, Any]], field: str) -> None:
    for line in lines:
        end = 0
        for value in line[field]:
            start = line["text"].find(value["text"], end)
            assert value["text"].strip(), line["id"]
            assert start >= 0, (line["id"], value)
            end = start + len(value["text"])


def test_ids_and_texts_are_unique(lines: list[dict[str, Any]]) -> None:
    assert len({line["id"] for line in lines}) == len(lines)
    assert len({line["text"] for line in lines}) == len(lines)


def test_half_of_the_lines_have_nothing_to_find(lines: list[dict[str, Any]]) -> None:
    assert len(lines) >= 170
    empty = sum(not line["amounts"] and not line["percents"] for line in lines)
    assert 0.45 <= empty / len(lines) <= 0.55
