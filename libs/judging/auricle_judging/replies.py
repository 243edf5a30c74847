"""A model's reply: is it the JSON that was asked for, and where in the text does each value stand?"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator

_FENCED = re.compile(r"^\s*```(?:json)?\s*(.*?)\s*```\s*$", re.DOTALL)
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
MAX_FAULTS = 5


class BadReply(ValueError):
    """The reply breaks the contract. `faults` name places and rules, never the words of the reply."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = tuple(faults)


def parse(text: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The reply as an object that fits the schema. BadReply otherwise."""
    try:
        value = json.loads(unfenced(text), object_pairs_hook=_once)
    except BadReply:
        raise
    except (ValueError, RecursionError) as error:
        where = f" at {error.pos} of {len(text)}" if isinstance(error, json.JSONDecodeError) else ""
        raise BadReply([f"not JSON{where}"]) from None
    if not _fits(value, schema):
        errors = sorted(Draft202012Validator(schema).iter_errors(value), key=lambda error: list(map(str, error.path)))
        if errors:
            raise BadReply([f"{'.'.join(map(str, e.path)) or 'answer'}: {e.validator}" for e in errors[:MAX_FAULTS]])
    if not isinstance(value, dict):
        raise BadReply(["answer: not an object"])
    return value


def _fits(value: Any, schema: Mapping[str, Any]) -> bool:
    """Whether the quicker validator finds no fault; the other one names faults, and looks at what this one cannot read (NaN)."""
    try:
        return jsonschema_rs.Draft202012Validator(dict(schema)).is_valid(value)
    except ValueError:
        return False


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys occur once: with two values of a key, the one checked might not be the one quoted."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadReply(["a key occurs twice"])
    return found


def unfenced(text: str) -> str:
    """Without the Markdown fence that models like to put around JSON."""
    fenced = _FENCED.match(text)
    return fenced.group(1) if fenced else text


def locate(text: str, path: Sequence[str]) -> tuple[int, int] | None:
    """Code points [start, end) of the value at this path of keys in JSON text, or None. The text must parse."""
    start = text.find("{")
    if start < 0:
        return None
    for key in path:
        found = _value_of(text, start, key)
        if found is None:
            return None
        start = found
    _, end = _DECODER.raw_decode(text, start)
    return start, end


def _value_of(text: str, start: int, wanted: str) -> int | None:
    """Where the value of a key begins in the object that begins at `start`."""
    if text[start] != "{":
        return None
    position = _skip(text, start + 1)
    while text[position] == '"':
        key, after = _DECODER.raw_decode(text, position)
        value = _skip(text, _skip(text, after) + 1)
        if key == wanted:
            return value
        _, end = _DECODER.raw_decode(text, value)
        comma = _skip(text, end)
        if text[comma] != ",":
            return None
        position = _skip(text, comma + 1)
    return None


def _skip(text: str, position: int) -> int:
    spaces = _SPACE.match(text, position)
    return spaces.end() if spaces else position
