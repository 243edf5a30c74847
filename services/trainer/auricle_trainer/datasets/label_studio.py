"""Label Studio's tasks (its JSON export) as golden dialogues, and back.

A task: {"id", "data": {"dialogue": [{"author", "text"}] or text, "channel", "agent", …},
         "annotations": [{"completed_by", "was_cancelled", "result": [{"from_name", "type", "value"}]}]}.
Of `choices`, `number`, `rating` and `textarea` the value is read; `paragraphlabels` named like a question are its places; a `textarea`
named `<question>.comment` is its comment.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from auricle_contracts.golden import GoldenDialogue, GoldenLabel, GoldenState
from auricle_quality.golden_lines import Line

from auricle_trainer.datasets.annotations import COMMENT, NO_OCCASION, AnnotationMap, dialogue_line, turns

_KEPT = ("channel", "language", "agent", "started_at", "split")
_REGION = "paragraphlabels"


def line(number: int, task: Mapping[str, Any], by: AnnotationMap) -> Line:
    """The dialogue of a task with every annotation that was not cancelled."""
    data = task.get("data") or {}
    told = data.get(by.text)
    if not told:
        return Line(number, None, f"the task has no field {by.text!r}")
    spoken = list(turns(told, by)) if isinstance(told, str) else [_paragraph(one, by) for one in told]
    labels = [
        label
        for one in task.get("annotations") or ()
        if not one.get("was_cancelled")
        for label in _labels(one, spoken, by)
    ]
    given = {"reference": str(task.get("id") or number), "channel": by.channel, "language": by.language}
    own = {name: data[name] for name in _KEPT if data.get(name)}
    return dialogue_line(number, given | own | {"turns": spoken, "labels": labels})


def _paragraph(one: Mapping[str, Any], by: AnnotationMap) -> dict[str, Any]:
    return {"role": by.role(str(one.get("author", ""))), "text": str(one.get("text", ""))}


def _labels(annotation: Mapping[str, Any], spoken: list[dict[str, Any]], by: AnnotationMap) -> Iterable[dict[str, Any]]:
    results: list[Mapping[str, Any]] = [one for one in annotation.get("result") or () if "from_name" in one]
    values = {one["from_name"]: _value(one) for one in results if one.get("type") != _REGION}
    person = annotation.get("completed_by")
    who = str(person.get("email") or person.get("id")) if isinstance(person, dict) else str(person)
    for question, value in values.items():
        comment = values.get(f"{question}.{COMMENT}")
        more: dict[str, Any] = {"decided_by": who} | ({"comment": comment} if comment else {})
        marked = [one["value"] for one in results if one.get("type") == _REGION and _is_of(one, question)]
        if marked:
            more["places"] = [place for place in (_place(one, spoken) for one in marked) if place]
        label = by.label(question, value, more)
        if label is not None:
            yield label


def _is_of(region: Mapping[str, Any], question: str) -> bool:
    return question in (region["from_name"], *(region["value"].get(_REGION) or ()))


def _value(result: Mapping[str, Any]) -> Any:
    told = result.get("value") or {}
    found = next((told[name] for name in ("choices", "number", "rating", "text") if name in told), None)
    return found[0] if isinstance(found, list) and found else found


def _place(value: Mapping[str, Any], spoken: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Offsets are those of the paragraph where the region starts; a region over several keeps what is in the first."""
    number = int(value.get("start", -1))
    if not 0 <= number < len(spoken):
        return None
    last = (
        int(value["endOffset"]) if str(value.get("end")) == str(value.get("start")) and "endOffset" in value else None
    )
    words = spoken[number]["text"][int(value.get("startOffset", 0)) : last].strip()
    return {"turn": number + 1, "text": words} if words else None


def task(number: int, dialogue: GoldenDialogue) -> dict[str, Any]:
    """As an import takes it: an annotation a person, a prediction of what nobody signed."""
    told = dialogue.model_dump(mode="json", exclude_none=True)
    data = {"dialogue": [{"author": one.role.value, "text": one.text} for one in dialogue.turns]}
    by_person: dict[str | None, list[dict[str, Any]]] = {}
    for label in dialogue.labels:
        by_person.setdefault(label.decided_by, []).extend(_results(label, dialogue))
    predicted = by_person.pop(None, None)
    return {
        "id": number,
        "data": data | {name: told[name] for name in _KEPT if name in told},
        "annotations": [{"completed_by": {"email": who}, "result": result} for who, result in by_person.items()],
        "predictions": [{"model_version": "golden", "result": predicted}] if predicted else [],
    }


def _results(label: GoldenLabel, dialogue: GoldenDialogue) -> Iterable[dict[str, Any]]:
    value = label.value if label.state is GoldenState.ANSWERED else label.state.value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    told = NO_OCCASION if label.state is GoldenState.NOT_APPLICABLE else str(value)
    said: dict[str, Any] = {"number": value} if is_number else {"choices": [told]}
    yield _result(label.subject, "number" if is_number else "choices", said)
    if label.comment:
        yield _result(f"{label.subject}.{COMMENT}", "textarea", {"text": [label.comment]})
    for place in label.places:
        start = max(0, dialogue.turns[place.turn - 1].text.find(place.text))
        where: dict[str, Any] = {"start": str(place.turn - 1), "end": str(place.turn - 1), "startOffset": start}
        where |= {"endOffset": start + len(place.text), "text": place.text, _REGION: [label.subject]}
        yield _result("places", _REGION, where)


def _result(name: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"from_name": name, "to_name": "dialogue", "type": kind, "value": value}
