"""Fields of a document laid over its body: what no field shows is kept, and a hostile path leads nowhere."""

from typing import Any

import pytest
from auricle_console.forms import MOST_PARTS, acted, overlaid
from auricle_console.views.editors import BLANKS, editor, talk
from auricle_contracts.artefact_editing import ArtefactCheck, ArtefactChoices
from auricle_contracts.artefacts import ArtefactKind

CARD: dict[str, Any] = {
    "id": "sales", "title": {"ru": "Продажи", "en": "Sales"}, "unknown": {"stays": 1},
    "criteria": [
        {"id": "politeness", "layer": "model", "kind": "score", "prompt": "evaluate", "min_confidence": 0.5, "across": "mean"},
        {"id": "stage", "layer": "model", "kind": "choice", "prompt": "evaluate", "choices": ["a", "b"], "min_confidence": 0.5},
    ],
    "sections": [{"id": "talk", "items": [{"criterion": "politeness", "weight": 3, "fatal": True}, {"error_class": "blame"}]}],
}  # fmt: skip


def test_what_no_field_shows_is_kept_and_the_body_is_not_changed() -> None:
    made = overlaid(CARD, {"title.ru:text": ["Продажи по телефону"]})
    assert made == CARD | {"title": {"ru": "Продажи по телефону", "en": "Sales"}}
    assert CARD["title"]["ru"] == "Продажи"


def test_fields_are_read_as_they_say() -> None:
    made = overlaid(
        CARD,
        {
            "pass_mark:number": ["62,5"],
            "sections.0.items.0:unticked": ["fatal bad"],
            "sections.0.items.0.weight:number": ["2"],
            "sections.0.items.1.within.channels:many": ["chat", "email"],
            "sections.0.items.1.within.lines:list": ["sales, , vip"],
            "criteria.0.min_confidence:number": [""],
            "note:text": [" why\r\nso "],
        },
    )
    assert made["pass_mark"] == 62.5
    assert made["sections"][0]["items"][0] == {"criterion": "politeness", "weight": 2, "fatal": False, "bad": False}
    assert made["sections"][0]["items"][1]["within"] == {"channels": ["chat", "email"], "lines": ["sales", "vip"]}
    assert "min_confidence" not in made["criteria"][0]
    assert made["note"] == "why\nso"


def test_a_box_that_is_ticked_stays_ticked() -> None:
    made = overlaid(CARD, {"sections.0.items.0:unticked": ["fatal"], "sections.0.items.0.fatal:tick": ["on"]})
    assert made["sections"][0]["items"][0]["fatal"] is True


def test_what_is_no_number_stays_for_the_gateway_to_refuse() -> None:
    assert overlaid(CARD, {"pass_mark:number": ["sixty"]})["pass_mark"] == "sixty"


def test_a_criterion_of_another_layer_loses_what_belongs_to_the_first() -> None:
    made = overlaid(
        CARD,
        {"criteria.1.layer:text": ["rule"], "criteria.1.kind:text": ["count"], "criteria.1:source": ["interruptions"]},
    )
    assert made["criteria"][1] == {"id": "stage", "layer": "rule", "kind": "count", "rule": "interruptions"}


def test_an_item_counts_one_thing() -> None:
    made = overlaid(
        CARD, {"sections.0.items.0:subject": ["error_class blame"], "sections.0.items.1:subject": ["criterion stage"]}
    )
    assert [sorted(one) for one in made["sections"][0]["items"]] == [["error_class", "fatal", "weight"], ["criterion"]]


def test_examples_are_lines_of_a_conversation() -> None:
    made = overlaid(
        {"positives": [{}]},
        {"positives.0.lines:talk": ["Customer: Где?\nagent:  Ждите: скоро\n"], "positives.0.at:places": ["2 3"]},
    )
    assert made["positives"][0] == {"lines": [["customer", "Где?"], ["agent", "Ждите: скоро"]], "at": [2, 3]}
    assert talk(made["positives"][0]["lines"]) == "customer: Где?\nagent: Ждите: скоро"


def test_parts_are_added_removed_and_moved() -> None:
    added = acted(CARD, "add:sections.0.items", BLANKS)
    assert len(added["sections"][0]["items"]) == 3
    assert acted(CARD, "remove:sections.0.items.0", BLANKS)["sections"][0]["items"] == [{"error_class": "blame"}]
    assert [one["id"] for one in acted(CARD, "up:criteria.1", BLANKS)["criteria"]] == ["stage", "politeness"]
    assert acted({}, "add:checklist", BLANKS) == {}


@pytest.mark.parametrize(
    "name",
    [
        "criteria.99.id:text",
        "criteria.x.id:text",
        "a.b.c.d.e.f.g.h:text",
        ".:text",
        "criteria.0.id.deep:text",
        "x" * 99 + ":text",
    ],
)
def test_a_path_that_leads_nowhere_changes_nothing(name: str) -> None:
    assert overlaid(CARD, {name: ["evil"]}) == CARD


@pytest.mark.parametrize(
    "does", ["remove:criteria.9", "up:criteria.0", "remove:title", "add:title", "add:evil", "drop:criteria.0", ""]
)
def test_an_action_that_means_nothing_changes_nothing(does: str) -> None:
    assert acted(CARD, does, BLANKS) == CARD


def test_a_list_has_an_end() -> None:
    body: dict[str, Any] = {"criteria": [{}] * MOST_PARTS}
    assert len(acted(body, "add:criteria", BLANKS)["criteria"]) == MOST_PARTS


def test_a_fault_stands_beside_its_field_and_others_above() -> None:
    nothing = {
        "needs": (),
        "found_by": (),
        "class_states": (),
        "rules": (),
        "detectors": (),
        "prompts": (),
        "flows": (),
        "articles": (),
    }
    choices = ArtefactChoices(categories=(), error_classes=(), **nothing)
    faults = [
        {"at": "line 4: sections.0.items.0.weight", "problem": "too heavy"},
        {"at": "line 1: criteria", "problem": "too few"},
        {"at": "", "problem": "odd"},
    ]
    check = ArtefactCheck.model_validate(
        {
            "kind": "scorecard",
            "name": None,
            "hash": None,
            "code": "artefact_invalid",
            "faults": faults,
            "known_id": None,
        }
    )
    form = editor(CARD, ArtefactKind.SCORECARD, choices, check)
    assert form.faults == {"sections.0.items.0.weight": "too heavy"}
    assert form.others == ["criteria: too few", "odd"]
    assert not form.is_ready
    assert (form.criteria, form.conditions) == (["politeness"], [])
