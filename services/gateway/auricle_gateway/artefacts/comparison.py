"""Two versions of a name beside each other: the fields that differ, and their texts line by line. Pure."""

import difflib
from collections.abc import Iterator
from typing import Any

from auricle_criteria import documents
from auricle_criteria.artefact import Artefact

from auricle_gateway.artefacts.replies import FieldChange

MOST_CHANGES = 500


def changes(before: Artefact, after: Artefact) -> tuple[FieldChange, ...]:
    """Field by field; parts of a list that have an `id` are compared by it, others by their place."""
    found = _changes("", documents.body_of(before), documents.body_of(after))
    return tuple(one for one, _ in zip(found, range(MOST_CHANGES), strict=False))


def unified(before: Artefact, after: Artefact) -> str:
    """As `diff -u` prints it; empty where nothing differs."""
    old, new = [documents.as_yaml(one).splitlines(keepends=True) for one in (before, after)]
    return "".join(difflib.unified_diff(old, new, fromfile=before.pin, tofile=after.pin))


def _changes(path: str, before: Any, after: Any) -> Iterator[FieldChange]:
    if before == after:
        return
    old, new = _children(before), _children(after)
    if old is None or new is None:
        yield FieldChange(path=path, before=before, after=after)
        return
    for name in dict.fromkeys((*old, *new)):
        yield from _changes(f"{path}.{name}" if path else name, old.get(name), new.get(name))


def _children(node: Any) -> dict[str, Any] | None:
    """The parts of a value by name; None where it has none."""
    if isinstance(node, dict):
        return node
    if isinstance(node, list) and any(isinstance(one, dict | list) for one in node):
        ids = [one["id"] if isinstance(one, dict) and isinstance(one.get("id"), str) else None for one in node]
        unique = None not in ids and len(set(ids)) == len(ids)
        return {str(name if unique else place): one for place, (name, one) in enumerate(zip(ids, node, strict=True))}
    return None
