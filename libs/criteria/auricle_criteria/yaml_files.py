"""Artefacts from YAML files: read strictly, each named like the id that it declares."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from auricle_criteria.artefact import Artefact
from auricle_criteria.errors import BadArtefact

_CORRECT = "Correct what is listed and send it again."
MAX_FILE_BYTES = 1_000_000
A = TypeVar("A", bound=Artefact)


def _loaded(raw: str) -> Any:
    """The document, by libyaml: ten times as fast as in Python. YAML without aliases: ten lines of them can stand for a billion."""
    if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(raw, yaml.CSafeLoader)):
        raise yaml.YAMLError("aliases are not allowed")
    return yaml.load(raw, yaml.CSafeLoader)


def parse(kind: type[A], raw: str, name: str) -> A:
    """One artefact from YAML text. BadArtefact lists every fault with its line and field."""
    try:
        data = _loaded(raw)
    except RecursionError:
        raise BadArtefact(f"{name} is nested too deeply") from None
    except yaml.YAMLError as error:
        raise BadArtefact(f"{name} is not YAML: {_syntax_fault(error)}") from None
    if not isinstance(data, dict):
        raise BadArtefact(f"{name} must be a mapping, not {type(data).__name__}")
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        faults = _faults(error, yaml.compose(raw, yaml.CSafeLoader))
        told = "; ".join(f"{one['at']}: {one['problem']}" for one in faults)
        raise BadArtefact(f"{name}: {told}", action=_CORRECT, errors=faults) from None


def _syntax_fault(error: yaml.YAMLError) -> str:
    """What is wrong, and where."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        mark = error.problem_mark
        return f"line {mark.line + 1}, column {mark.column + 1}: {error.problem}"
    return str(error).splitlines()[0]


def _faults(error: ValidationError, root: yaml.Node | None) -> list[dict[str, str]]:
    return [
        {"at": f"line {_line(root, one['loc'])}: {'.'.join(map(str, one['loc'])) or '(file)'}", "problem": one["msg"]}
        for one in error.errors()
    ]


def _line(node: yaml.Node | None, path: Sequence[str | int]) -> int:
    """The line, from 1, of the deepest part of the path that stands in the text."""
    line = node.start_mark.line + 1 if node is not None else 1
    for step in path:
        found = _child(node, step)
        if found is None:
            break
        key, node = found
        line = key.start_mark.line + 1
    return line


def _child(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    """What marks the child's place, and the child."""
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None


def read_folder(kind: type[A], folder: Path) -> dict[str, A]:
    """Every `*.yaml` of a folder by id; the file must be named like the id that it declares."""
    found: dict[str, A] = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.stat().st_size > MAX_FILE_BYTES:
            raise BadArtefact(f"{path.name} is larger than {MAX_FILE_BYTES} bytes")
        artefact = parse(kind, path.read_text(encoding="utf-8"), path.name)
        if artefact.id != path.stem:
            raise BadArtefact(f"{path.name} declares the id {artefact.id!r}")
        found[artefact.id] = artefact
    return found
