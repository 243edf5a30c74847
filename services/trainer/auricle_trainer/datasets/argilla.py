"""Argilla's records (`dataset.records.to_json`, version 2) as golden dialogues, and back.

A record: {"id", "fields": {"dialogue": text or chat messages}, "metadata": {"channel", "agent", …},
           "responses": {question: [{"value", "user_id"}]}}.
A question `<name>.comment` holds a comment, `<name>.place` quotes, a line each.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from auricle_contracts.golden import GoldenDialogue, GoldenLabel, GoldenState
from auricle_quality.golden_lines import Line

from auricle_trainer.datasets.annotations import (
    COMMENT,
    NO_OCCASION,
    PLACE,
    AnnotationMap,
    dialogue_line,
    places,
    turns,
)

_KEPT = ("channel", "language", "agent", "started_at", "split")


def line(number: int, record: Mapping[str, Any], by: AnnotationMap) -> Line:
    """The dialogue of a record with every person's responses."""
    told = (record.get("fields") or {}).get(by.text)
    if not told:
        return Line(number, None, f"the record has no field {by.text!r}")
    spoken = list(turns(told, by)) if isinstance(told, str) else [_message(one, by) for one in told]
    metadata = {name: value for name, value in (record.get("metadata") or {}).items() if name in _KEPT and value}
    labels = list(_labels(record.get("responses") or {}, spoken, by))
    given = {"reference": str(record.get("id") or number), "channel": by.channel, "language": by.language}
    return dialogue_line(number, given | metadata | {"turns": spoken, "labels": labels})


def _message(one: Mapping[str, Any], by: AnnotationMap) -> dict[str, Any]:
    """Of a chat field."""
    return {"role": by.role(str(one.get("role", ""))), "text": str(one.get("content", ""))}


def _labels(
    responses: Mapping[str, Iterable[Mapping[str, Any]]], spoken: list[dict[str, Any]], by: AnnotationMap
) -> Iterable[dict[str, Any]]:
    said = {(name, str(one.get("user_id"))): one.get("value") for name, many in responses.items() for one in many}
    for (question, person), value in said.items():
        comment, quoted = said.get((f"{question}.{COMMENT}", person)), said.get((f"{question}.{PLACE}", person))
        more: dict[str, Any] = {"decided_by": person} | ({"comment": comment} if comment else {})
        if quoted:
            more["places"] = places([one for one in str(quoted).splitlines() if one], spoken)
        label = by.label(question, value, more)
        if label is not None:
            yield label


def record(dialogue: GoldenDialogue) -> dict[str, Any]:
    """As `dataset.records.from_json` takes it: labels of people that are known are responses, others suggestions."""
    told = dialogue.model_dump(mode="json", exclude_none=True)
    responses: dict[str, list[dict[str, Any]]] = {}
    suggestions: dict[str, dict[str, Any]] = {}
    for label in dialogue.labels:
        for question, value in _questions(label).items():
            if label.decided_by:
                responses.setdefault(question, []).append({"value": value, "user_id": label.decided_by})
            else:
                suggestions[question] = {"value": value, "agent": "golden"}
    return {
        "id": dialogue.id or dialogue.reference,
        "fields": {"dialogue": "\n".join(f"{one.role.value}: {one.text}" for one in dialogue.turns)},
        "metadata": {name: told[name] for name in _KEPT if name in told},
        "suggestions": suggestions,
        "responses": responses,
        "vectors": {},
    }


def _questions(label: GoldenLabel) -> dict[str, Any]:
    value: Any = label.value if label.state is GoldenState.ANSWERED else label.state.value
    told = {label.subject: NO_OCCASION if label.state is GoldenState.NOT_APPLICABLE else value}
    told |= {f"{label.subject}.{COMMENT}": label.comment} if label.comment else {}
    quotes = "\n".join(one.text for one in label.places)
    return told | ({f"{label.subject}.{PLACE}": quotes} if quotes else {})
