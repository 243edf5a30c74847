"""The form of hand-written dialogues: what is out of it is refused with the words that are wrong."""

import json
from pathlib import Path
from typing import Any

import pytest
from auricle_contracts import Role, SaleStage
from auricle_samples.dialogues.written import WrittenDialogue, read
from pydantic import ValidationError


def line(**changed: Any) -> dict[str, Any]:
    labels = {
        "reasoning": "Агент ответил сухо, клиент заказал.",
        "politeness": {"value": 65, "at": [[2, "Есть."]]},
        "objection_handling": None,
        "sale_chance": {"value": 95, "at": [[3, "Давайте один."]]},
        "stage": {"value": "closing", "at": [[3, "Давайте один."]]},
        "intent": {"value": "order", "at": [[1, "Чайник есть?"]]},
    }
    turns = [["customer", "Чайник есть?"], ["agent", "Есть."], ["customer", "Давайте один."]]
    first = {"id": "w-1", "lang": "ru", "channel": "chat", "domain": "магазин", "scenario": "покупка", "turns": turns}
    return {**first, "labels": labels | changed}


def test_a_file_is_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    path.write_text(json.dumps(line(), ensure_ascii=False) + "\n\n", "utf-8")
    (one,) = read(path)
    assert one.turns[0] == (Role.CUSTOMER, "Чайник есть?")
    assert one.labels.stage is not None
    assert one.labels.stage.value is SaleStage.CLOSING
    assert one.labels.sale_chance is not None
    assert one.labels.sale_chance.value == 95


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"politeness": {"value": 65, "at": [[2, "Нет."]]}}, "'Нет.' is not in turn 2"),
        ({"politeness": {"value": 65, "at": [[9, "Есть."]]}}, "is not in turn 9"),
        ({"politeness": {"value": 66, "at": [[2, "Есть."]]}}, "multiple of 5"),
        ({"sale_chance": None}, "both null or neither"),
        ({"stage": {"value": "sold", "at": [[3, "Давайте один."]]}}, "stage"),
        ({"reasoning": "а" * 201}, "at most 200"),
    ],
)
def test_what_is_out_of_form_is_refused(changed: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        WrittenDialogue.model_validate(line(**changed))
