"""Exports of annotation tools become golden dialogues, and golden dialogues become what the tools import."""

import json
from pathlib import Path

import pytest
from auricle_contracts.golden import GoldenDialogue, GoldenState
from auricle_trainer.datasets import argilla, label_studio, reading

TURNS = [{"role": "customer", "text": "Где заказ?"}, {"role": "agent", "text": "Достали уже, ждите"}]
GOLDEN = GoldenDialogue.model_validate(
    {
        "reference": "r1", "channel": "chat", "language": "ru", "agent": "17", "turns": TURNS,
        "labels": [
            {
                "kind": "criterion", "subject": "politeness", "state": "answered", "value": 15, "comment": "Грубо ответил.",
                "places": [{"turn": 2, "text": "Достали уже"}], "decided_by": "anna@example.com",
            },
            {"kind": "criterion", "subject": "sale_chance", "state": "not_applicable", "decided_by": "anna@example.com"},
            {"kind": "criterion", "subject": "intent", "state": "answered", "value": "status", "decided_by": "oleg@example.com"},
        ],
    }
)  # fmt: skip


def told(dialogue: GoldenDialogue | None) -> list[tuple[object, ...]]:
    assert dialogue is not None
    return sorted(
        (one.subject, one.state, one.value, one.comment, tuple((p.turn, p.text) for p in one.places), one.decided_by)
        for one in dialogue.labels
    )


@pytest.mark.parametrize("tool", ["argilla", "label-studio"])
def test_there_and_back(tool: str, tmp_path: Path) -> None:
    made = argilla.record(GOLDEN) if tool == "argilla" else label_studio.task(1, GOLDEN)
    path = tmp_path / "export.json"
    path.write_text(json.dumps([made], ensure_ascii=False), "utf-8")
    (line,) = reading.read(path, None)
    assert told(line.dialogue) == told(GOLDEN)
    assert line.dialogue is not None
    assert [(one.role, one.text) for one in line.dialogue.turns] == [(one.role, one.text) for one in GOLDEN.turns]
    assert (line.dialogue.channel, line.dialogue.agent) == ("chat", "17")


def test_label_studio_regions_choices_and_cancelled_annotations(tmp_path: Path) -> None:
    region = {"start": "1", "end": "1", "startOffset": 0, "endOffset": 7, "paragraphlabels": ["Грубость"]}
    results = [
        {"from_name": "Грубость", "type": "choices", "value": {"choices": ["да"]}},
        {"from_name": "места", "type": "paragraphlabels", "value": region},
        {"from_name": "Вежливость", "type": "rating", "value": {"rating": 2}},
    ]
    task = {
        "id": 7, "data": {"talk": [{"author": "Клиент", "text": "Где заказ?"}, {"author": "Мастер", "text": "Достали уже"}]},
        "annotations": [
            {"completed_by": 3, "result": results},
            {"completed_by": 4, "was_cancelled": True, "result": results},
        ],
    }  # fmt: skip
    described = tmp_path / "map.yaml"
    described.write_text(
        "text: talk\nroles: {Мастер: agent}\nclasses: {Грубость: rudeness}\nquestions: {Вежливость: politeness}\n",
        "utf-8",
    )
    path = tmp_path / "tasks.json"
    path.write_text(json.dumps([task]), "utf-8")
    (line,) = reading.read(path, described)
    assert told(line.dialogue) == [
        ("politeness", GoldenState.ANSWERED, 2, None, (), "3"),
        ("rudeness", GoldenState.FOUND, None, None, ((2, "Достали"),), "3"),
    ]


def test_argilla_chat_fields_and_suggestions(tmp_path: Path) -> None:
    record = {
        "id": "a1", "fields": {"dialogue": [{"role": "client", "content": "Где?"}, {"role": "agent", "content": "Тут."}]},
        "responses": {"politeness": [{"value": 80, "user_id": "u1"}, {"value": 60, "user_id": "u2"}]},
        "suggestions": {"politeness": {"value": 5}}, "metadata": {"channel": "email"},
    }  # fmt: skip
    path = tmp_path / "records.json"
    path.write_text(json.dumps([record]), "utf-8")
    (line,) = reading.read(path, None)
    assert [(who, value) for _, _, value, _, _, who in told(line.dialogue)] == [("u2", 60), ("u1", 80)]
    assert line.dialogue is not None
    assert line.dialogue.channel == "email"


def test_a_record_without_a_dialogue_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "records.json"
    path.write_text(json.dumps([{"id": 1, "fields": {"text": "x"}}, {"id": 2, "data": {}}]), "utf-8")
    assert all(one.dialogue is None and one.why for one in reading.read(path, None))
