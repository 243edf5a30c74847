"""Dialogues of an import, one a line of JSONL; what is no dialogue is refused with its line. Pure but for masking's own work."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from auricle_contracts import Quote, Span
from auricle_contracts.golden import GoldenDialogue, GoldenLabel, GoldenPlace
from auricle_contracts.masking import MaskingSettings
from auricle_kit.errors import InvalidRequest
from auricle_masking import Detector, Mask, mask
from pydantic import ValidationError

from auricle_gateway.golden.copies import turns_of

MAX_LINES = 5000


@dataclass(frozen=True, slots=True)
class Line:
    """What stands in a line, counted from 1: a dialogue, or why it is none."""

    number: int
    dialogue: GoldenDialogue | None
    why: str = ""


def read(raw: bytes) -> Iterator[Line]:
    """Each line that says anything. Raises InvalidRequest for more than MAX_LINES of them, or what is no UTF-8."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidRequest("the body is not UTF-8") from None
    filled = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if len(filled) > MAX_LINES:
        raise InvalidRequest(f"more than {MAX_LINES} lines", action="Send it in parts.")
    for number, line in filled:
        yield _read(number, line)


def _read(number: int, line: str) -> Line:
    try:
        return Line(number, GoldenDialogue.model_validate_json(line, strict=True))
    except ValidationError as error:
        return Line(number, None, faults(error))


def faults(error: ValidationError) -> str:
    """The first faults by field, without what was written there."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'line'}: {one['msg']}" for one in found[:3])


def masked(dialogue: GoldenDialogue, detector: Detector) -> GoldenDialogue:
    """The dialogue without personal data. Raises InvalidRequest for a place whose words its turn does not say."""
    transcript = dialogue.transcript("golden")
    hidden = mask(transcript, detector, kinds=MaskingSettings().kinds)
    labels = tuple(_masked(one, dialogue, hidden) for one in dialogue.labels)
    reference = dialogue.reference and hidden.words(dialogue.reference)
    return dialogue.model_copy(update={"reference": reference, "turns": turns_of(hidden.transcript), "labels": labels})


def _masked(label: GoldenLabel, dialogue: GoldenDialogue, hidden: Mask) -> GoldenLabel:
    places = tuple(_place(one, dialogue, hidden) for one in label.places)
    comment = hidden.words(label.comment) if label.comment else label.comment
    value = hidden.words(label.value) if isinstance(label.value, str) else label.value
    return label.model_copy(update={"places": places, "comment": comment, "value": value})


def _place(place: GoldenPlace, dialogue: GoldenDialogue, hidden: Mask) -> GoldenPlace:
    start = dialogue.turns[place.turn - 1].text.find(place.text)
    if start < 0 or not place.text:
        raise InvalidRequest(f"turn {place.turn} does not say the words of a place")
    quote = Quote(turn=place.turn, span=Span(start=start, end=start + len(place.text)), text=place.text)
    return GoldenPlace(turn=place.turn, text=hidden.shown(quote).text[:4000])


def as_line(dialogue: GoldenDialogue) -> bytes:
    """A line of JSONL, without what says nothing."""
    told = dialogue.model_dump(mode="json", exclude_none=True)
    return json.dumps(told, ensure_ascii=False).encode() + b"\n"
