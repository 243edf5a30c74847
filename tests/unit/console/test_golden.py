"""A golden item as it is drawn: what stands beside a question, what contradicts what, which words a decision rests on."""

from datetime import UTC, datetime
from typing import Any

import pytest
from auricle_console.replies import ArtefactText, NamedGoldenItem
from auricle_console.views.golden import examples_of, item_shown, rows
from auricle_console.views.golden_import import columns_of
from auricle_console.wording import wording
from auricle_contracts.golden import GoldenPlace, GoldenSplit, GoldenState, GoldenStatus
from fixtures.recorded_golden import BLAME, LABELS, item, label

NAMES = {"p1": "Анна Ким", "p2": "Вера"}
WORDS = wording("en")


def named(*labels: Any, split: GoldenSplit = GoldenSplit.TRAIN, contested: tuple[str, ...] = ()) -> NamedGoldenItem:
    return NamedGoldenItem.model_validate(item("i", labels, split, contested).model_dump() | {"names": NAMES})


def flow(body: dict[str, Any]) -> ArtefactText:
    told: dict[str, Any] = {
        "id": "f", "kind": "flow", "name": "evaluate", "title": {"en": "The flow"}, "hash": "0", "version": 1, "state": "live",
        "held": False, "shipped": False, "in_use": True, "author_kind": "person", "author": "p1", "author_name": None, "note": "",
        "serves": (), "figures": {}, "created_at": datetime(2026, 12, 1, tzinfo=UTC), "text": "", "body": body,
    }  # fmt: skip
    return ArtefactText.model_validate(told)


def test_a_flow_with_examples_is_named_with_how_many_it_shows() -> None:
    with_them = flow({"examples": {"source": "golden", "count": 4}})
    assert examples_of([with_them, flow({"steps": []})], "en") == (("The flow", 4),)


@pytest.mark.parametrize(
    ("labels", "split", "consent", "beside"),
    [
        (LABELS[1:2], GoldenSplit.TRAIN, True, "may"),
        (LABELS[1:2], GoldenSplit.TRAIN, None, "may"),
        (LABELS[1:2], GoldenSplit.TRAIN, False, "no_consent"),
        (LABELS[1:2], GoldenSplit.DEVELOPMENT, True, "other_split"),
        (LABELS[3:4], GoldenSplit.TRAIN, True, "no_label"),
        ((label("x", GoldenState.FOUND, "p1", status=GoldenStatus.PROPOSED),), GoldenSplit.TRAIN, True, "no_label"),
    ],
)
def test_only_a_class_that_counts_in_the_training_split_stands_beside_questions(
    labels: tuple[Any, ...], split: GoldenSplit, consent: bool | None, beside: str
) -> None:
    assert item_shown(named(*labels, split=split), WORDS, consent=consent).beside == beside


def test_what_contradicts_names_the_labels_that_it_would_withdraw() -> None:
    shown = item_shown(named(*LABELS, contested=(BLAME,)), WORDS, consent=True)
    first = shown.subjects[0]
    assert (first.contested, first.is_beside, shown.beside, shown.proposals) == (True, False, "no_label", 1)
    assert {one.label.id: one.others for one in first.standing} == {"there": ("not-there",), "not-there": ("there",)}
    assert [one.decided_by for one in first.standing] == ["Эксперт", "Анна Ким"]
    assert [(one.decided_by, one.settled_by) for one in first.withdrawn] == [("Вера", "Анна Ким")]
    (row,) = rows([named(*LABELS, contested=(BLAME,))], WORDS)
    assert row.named[0][1:] == ("decided differently", False)


def test_words_of_places_are_marked_once_and_the_text_stays_whole() -> None:
    places = (GoldenPlace(turn=2, text="Сами виноваты"), GoldenPlace(turn=2, text="виноваты, надо"))
    shown = item_shown(named(label("x", GoldenState.FOUND, "p1", places=places)), WORDS, consent=True)
    pieces = shown.turns[1].pieces
    assert [text for text, marked in pieces if marked] == ["Сами виноваты, надо"]
    assert "".join(text for text, _ in pieces) == shown.turns[1].turn.text


def test_a_form_of_columns_leaves_out_what_has_no_meaning() -> None:
    told = columns_of(
        {"dialogue": "№", "channel": "chat", "subjects": "a = b = rudeness\nСтранное =\n= x", "verdict": ""}
    )
    assert told == '{"dialogue": "№", "channel": "chat", "subjects": {"a = b": "rudeness"}}'
