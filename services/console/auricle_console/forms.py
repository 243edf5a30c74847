"""A document as a form: its fields laid over the body that they were drawn from, so that what no field shows is kept. Pure.

    name of a field   path ":" how its text is read      criteria.0.title.ru:text   sections.1.items.0.weight:number
    a button          what is done to a list             add:criteria   remove:criteria.3   up:criteria.3

Nothing here knows what is right: the gateway says that of the whole document.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

Body = dict[str, Any]
Given = Mapping[str, Sequence[str]]

MOST_DEPTH = 6
MOST_PARTS = 200
_STEP = re.compile(r"[a-z_]{1,32}|[0-9]{1,3}")
_SOURCES = {"model": "prompt", "rule": "rule", "metadata": "metadata"}
_SUBJECTS = ("criterion", "error_class")
ROLES = ("agent", "customer")


def overlaid(body: Mapping[str, Any], given: Given) -> Body:
    """The body with the form's fields in it. An empty field takes its value away; a path that leads nowhere is left out."""
    made: Body = deepcopy(dict(body))
    for name, values in given.items():
        path, _, kind = name.rpartition(":")
        if kind == "unticked":
            for part in values[-1].split():
                _put(made, f"{path}.{part}" if path else part, [] if part in ("channels", "needs") else False)
    for name, values in given.items():
        path, _, kind = name.rpartition(":")
        if kind in READERS:
            _put(made, path, READERS[kind](values))
    for name, values in given.items():
        path, _, kind = name.rpartition(":")
        if kind in WHOLE:
            WHOLE[kind](_object(made, path), values[-1])
    return made


def acted(body: Mapping[str, Any], does: str, blanks: Mapping[str, Any]) -> Body:
    """With a part more, a part less, or a part one place up. `blanks` are new parts by the name of their list."""
    action, _, path = does.partition(":")
    made: Body = deepcopy(dict(body))
    if action == "add":
        _add(made, path, blanks)
        return made
    above, _, place = path.rpartition(".")
    parts = _at(made, above)
    if not isinstance(parts, list) or not place.isdigit() or int(place) >= len(parts):
        return made
    if action == "remove":
        parts.pop(int(place))
    elif action == "up" and int(place):
        parts[int(place) - 1 : int(place) + 1] = parts[int(place)], parts[int(place) - 1]
    return made


def _add(made: Body, path: str, blanks: Mapping[str, Any]) -> None:
    above, _, name = path.rpartition(".")
    owner = _at(made, above)
    if name not in blanks or not isinstance(owner, dict):
        return
    parts = owner.setdefault(name, [])
    if isinstance(parts, list) and len(parts) < MOST_PARTS:
        parts.append(deepcopy(blanks[name]))


def _text(values: Sequence[str]) -> str | None:
    return values[-1].replace("\r\n", "\n").strip() or None


def _number(values: Sequence[str]) -> float | int | str | None:
    """What is no number stays a text, so that the gateway says so."""
    text = values[-1].strip().replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        return text or None
    return int(number) if number.is_integer() else number


def _list(values: Sequence[str]) -> list[str]:
    return [part.strip() for part in values[-1].split(",") if part.strip()]


def _rows(values: Sequence[str]) -> list[str]:
    return [row.strip() for row in values[-1].splitlines() if row.strip()]


def _many(values: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(value for value in values if value))


def _places(values: Sequence[str]) -> list[int | str]:
    return [int(part) if part.isdigit() else part for part in _list([values[-1].replace(" ", ",")])]


def _talk(values: Sequence[str]) -> list[list[str]]:
    """A line of a conversation a row: `agent: Good morning`."""
    split = (row.partition(":") for row in _rows(values))
    return [[who.strip().lower(), said.strip()] for who, _, said in split]


def _source(owner: Body, name: str) -> None:
    """What answers a criterion stands under its layer's own name; what belongs to other layers and kinds goes."""
    for key in _SOURCES.values():
        owner.pop(key, None)
    layer = str(owner.get("layer"))
    if name.strip():
        owner[_SOURCES.get(layer, "prompt")] = name.strip()
    if layer != "model":
        owner.pop("min_confidence", None)
    if owner.get("kind") != "choice":
        owner.pop("choices", None)
    if owner.get("kind") != "score":
        owner.pop("across", None)


def _rule(owner: Body, name: str) -> None:
    """A class says that no rule finds it."""
    owner["rule"] = name.strip() or None


def _subject(owner: Body, value: str) -> None:
    for key in _SUBJECTS:
        owner.pop(key, None)
    kind, _, name = value.partition(" ")
    if kind in _SUBJECTS and name:
        owner[kind] = name
    if kind == "error_class":
        owner.pop("bad", None)


READERS: Mapping[str, Callable[[Sequence[str]], Any]] = {
    "text": _text,
    "number": _number,
    "tick": lambda values: values[-1] == "on",
    "list": _list,
    "rows": _rows,
    "many": _many,
    "places": _places,
    "talk": _talk,
}
WHOLE: Mapping[str, Callable[[Body, str], None]] = {"source": _source, "subject": _subject, "rule": _rule}
"""Fields that are about several fields of one part; read after all others."""


def _put(body: Body, path: str, value: Any) -> None:
    above, _, name = path.rpartition(".")
    owner = _object(body, above)
    if not _STEP.fullmatch(name):
        return
    if value is None:
        owner.pop(name, None)
    else:
        owner[name] = value


def _object(body: Body, path: str) -> Body:
    """The object there; one that is not there yet is made, under objects only. Of a wrong path one that nobody keeps."""
    found: Any = body
    steps = path.split(".") if path else []
    if len(steps) > MOST_DEPTH or not all(map(_STEP.fullmatch, steps)):
        return {}
    for step in steps:
        if isinstance(found, list):
            found = found[int(step)] if step.isdigit() and int(step) < len(found) else None
        elif isinstance(found, dict):
            found = found.setdefault(step, {})
    return found if isinstance(found, dict) else {}


def _at(body: Body, path: str) -> Any:
    found: Any = body
    for step in path.split(".") if path else []:
        if isinstance(found, list) and step.isdigit() and int(step) < len(found):
            found = found[int(step)]
        elif isinstance(found, dict):
            found = found.get(step)
        else:
            return None
    return found
