"""Editors of scorecards and error classes: the body that the fields show, blank parts, and faults beside their fields. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auricle_contracts.artefact_editing import ArtefactCheck, ArtefactChoices
from auricle_contracts.artefacts import ArtefactKind

from auricle_console.forms import ROLES, Body

WITH_FORM = (ArtefactKind.SCORECARD, ArtefactKind.ERROR_CLASS)
_PLACE = re.compile(r"^line \d+: ")
_TITLE = {"ru": "", "en": ""}
_ITEM = {"criterion": "", "weight": 1}
_EXAMPLE = {"channel": "chat", "lang": "ru", "lines": [["customer", ""], ["agent", ""]], "at": [2]}
_CRITERION = {"id": "", "title": _TITLE, "layer": "model", "kind": "score", "prompt": "evaluate", "min_confidence": 0.5}
BLANKS: Mapping[str, Any] = {
    "criteria": _CRITERION,
    "sections": {"id": "", "title": _TITLE, "items": [_ITEM]},
    "items": _ITEM,
    "classes": {"error_class": "", "within": {}},
    "positives": _EXAMPLE,
    "negatives": _EXAMPLE,
}
_NEW_CLASS: Body = {
    "id": "", "version": 1, "note": "", "category": "politeness", "title": _TITLE, "definition": {"ru": "", "en": ""}, "is": "",
    "is_not": [], "opportunity": {"when": "", "needs_role": "agent", "channels": ["call", "chat", "email"], "needs": []},
    "severity": "minor", "fatal": False, "found_by": "prompt", "rule": None, "state": "planned", "articles": [],
    "comment_tone": {"ru": "", "en": ""}, "positives": [_EXAMPLE] * 4, "negatives": [_EXAMPLE] * 4,
}  # fmt: skip
_NEW_SCORECARD: Body = {
    "id": "", "version": 1, "note": "", "title": _TITLE, "criteria": [_CRITERION], "checklist": {"flow": "checklist", "live": True},
    "sections": [],
}  # fmt: skip
NEW: Mapping[ArtefactKind, Body] = {ArtefactKind.SCORECARD: _NEW_SCORECARD, ArtefactKind.ERROR_CLASS: _NEW_CLASS}


class Drawn(dict[str, Any]):
    """An object as a template reads it: what is not there is nothing, not an error."""

    def __missing__(self, key: str) -> None:
        return None


def drawn(node: Any) -> Any:
    """The same with every object readable so."""
    if isinstance(node, dict):
        return Drawn({name: drawn(child) for name, child in node.items()})
    return [drawn(child) for child in node] if isinstance(node, list) else node


@dataclass(frozen=True)
class Editor:
    """What the form is drawn from. `faults` by the path of their field; those of no field are in `others`."""

    kind: ArtefactKind
    body: Body
    choices: ArtefactChoices
    check: ArtefactCheck | None
    faults: Mapping[str, str]
    others: Sequence[str]

    @property
    def nothing(self) -> Drawn:
        """An object that is not there."""
        return Drawn()

    @property
    def criteria(self) -> list[str]:
        """Ids that sections may count."""
        return [
            one["id"]
            for one in self.body.get("criteria", [])
            if one.get("id") and one.get("kind") in ("score", "yes_no")
        ]

    @property
    def conditions(self) -> list[str]:
        """Ids that an item may wait for."""
        return [one["id"] for one in self.body.get("criteria", []) if one.get("id") and one.get("kind") == "yes_no"]

    @property
    def is_ready(self) -> bool:
        """Whether it could be kept and made live."""
        return self.check is not None and self.check.code is None


def editor(body: Body, kind: ArtefactKind, choices: ArtefactChoices, check: ArtefactCheck | None) -> Editor:
    """With the faults sorted to their fields."""
    told = [(_PLACE.sub("", one.at), one.problem) for one in check.faults] if check else []
    fields = {path: problem for path, problem in told if _is_field(body, path)}
    others = [f"{path}: {problem}" if path else problem for path, problem in told if path not in fields]
    return Editor(kind, drawn(body), choices, check, fields, others)


def next_version(body: Mapping[str, Any]) -> Body:
    """To be changed: its number is the next, and why it exists is to be said anew."""
    version = body.get("version")
    return dict(body) | {"version": version + 1 if isinstance(version, int) else 1, "note": ""}


def talk(lines: Any) -> str:
    """Lines of an example as a person edits them."""
    if not isinstance(lines, list):
        return ""
    return "\n".join(f"{one[0]}: {one[1]}" for one in lines if isinstance(one, list | tuple) and len(one) == len(ROLES))


def _is_field(body: Body, path: str) -> bool:
    """Whether a field of the form shows this path: what is under it is an object or a list of objects otherwise."""
    found: Any = body
    for step in path.split("."):
        if isinstance(found, list):
            found = found[int(step)] if step.isdigit() and int(step) < len(found) else None
        else:
            found = found.get(step) if isinstance(found, dict) else None
    return isinstance(found, str | int | float | bool)
