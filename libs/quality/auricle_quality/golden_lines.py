"""Golden dialogues as lines of JSONL; what is no dialogue is refused with its line. Pure."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from auricle_contracts.golden import GoldenDialogue
from auricle_kit.errors import InvalidRequest
from pydantic import ValidationError

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


def as_line(dialogue: GoldenDialogue) -> bytes:
    """A line of JSONL, without what says nothing."""
    told = dialogue.model_dump(mode="json", exclude_none=True)
    return json.dumps(told, ensure_ascii=False).encode() + b"\n"
