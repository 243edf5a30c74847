"""How an agent calls the customer: 384 cases by another hand than the code, 97 of 100 and more right."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from auricle_contracts import Channel
from auricle_masking import Detector as Masking
from auricle_rules.detection.addressing.address import addresses
from auricle_rules.detection.addressing.namebook import NameBook
from auricle_rules.detection.addressing.record import parse_name
from auricle_rules.detection.placeholders import placeholders

PROMPTS = Path("prompts")
BOOK = NameBook.read(PROMPTS, Masking.load(PROMPTS).pack("en").names.people)
CASES = [json.loads(line) for line in Path("tests/data/names/cases.jsonl").read_text("utf-8").splitlines()]


def verdict(case: dict[str, Any]) -> str:
    channel, text, record = Channel(case["channel"]), case["text"], case["customer_name"]
    fields = [place for place in placeholders(text) if text[slice(*place)] not in record]
    if fields and channel is not Channel.CALL:
        return "placeholder"
    name = parse_name(record, BOOK)
    found = list(addresses(text, name, BOOK, spoken=channel is Channel.CALL, formal=channel is Channel.EMAIL))
    faults = [one.fault.value for one in found if one.fault]
    return faults[0] if faults else "ok" if found else "not_used"


def test_names_are_judged_rightly() -> None:
    wrong = [(case["text"], case["verdict"], verdict(case)) for case in CASES if verdict(case) != case["verdict"]]
    assert len(CASES) >= 300
    assert {case["lang"] for case in CASES} == {"ru", "en"}
    assert len(wrong) <= 0.03 * len(CASES), wrong
    assert set(Counter(case["verdict"] for case in CASES)) == {
        "ok", "not_used", "misspelt", "not_adapted", "wrong_name", "placeholder",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("record", "given", "patronymic", "surname"),
    [
        ("Смирнова Ольга Петровна", "ольга", "петровна", "смирнова"),
        ("ИВАН ПЕТРОВ", "иван", "", "петров"),
        ("Lund, Christopher A.", "christopher", "", "lund"),
        ("Ахмедов Рустам Тахир оглы", "рустам", "тахир", "ахмедов"),
    ],
)
def test_a_record_is_taken_apart(record: str, given: str, patronymic: str, surname: str) -> None:
    name = parse_name(record, BOOK)
    assert given in name.given
    assert surname in name.surnames
    assert not patronymic or patronymic in name.patronymics
