"""What people bring as labelled conversations: a workbook with a map of its columns, JSONL, or an export of Argilla or Label Studio.

NAME.xlsx + map ─► a row a verdict            NAME.jsonl ─► a golden dialogue a line (docs/golden.md)
NAME.json [+ map] ─► records of Argilla, or tasks of Label Studio, told apart by their fields
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from auricle_kit.errors import InvalidRequest
from auricle_kit.workbooks import xlsx
from auricle_quality import golden_lines, golden_sheets
from auricle_quality.golden_lines import Line
from auricle_quality.golden_sheets import GoldenColumns
from pydantic import ValidationError

from auricle_trainer.datasets import argilla, label_studio
from auricle_trainer.datasets.annotations import AnnotationMap


class Unreadable(ValueError):
    """A source that is no labelled conversations; the text says why."""


def read(path: Path, described: Path | None) -> list[Line]:
    """Every dialogue of a file, or why a line is none. Raises Unreadable."""
    try:
        if path.suffix.lower() == ".xlsx":
            return _of_workbook(path.read_bytes(), _columns(described))
        if path.suffix.lower() == ".json":
            return _of_export(json.loads(path.read_text("utf-8")), _annotations(described))
        return list(golden_lines.read(path.read_bytes()))
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}") from None
    except InvalidRequest as error:
        raise Unreadable(f"{path}: {error.detail} {error.action or ''}".strip()) from None
    except ValueError as error:
        raise Unreadable(f"{path}: {str(error).splitlines()[0]}") from None


def _of_workbook(raw: bytes, columns: GoldenColumns) -> list[Line]:
    with xlsx.opened(raw) as book:
        return list(golden_sheets.read(book, columns))


def _of_export(told: Any, by: AnnotationMap) -> list[Line]:
    """Tasks have `data`, records have `fields`."""
    entries: Sequence[Mapping[str, Any]] = told if isinstance(told, list) else told.get("records", [])
    if not all(isinstance(one, dict) for one in entries):
        raise Unreadable("an export is a list of records or tasks")
    reader = label_studio if any("data" in one for one in entries) else argilla
    return [reader.line(number, one, by) for number, one in enumerate(entries, 1)]


def _columns(path: Path | None) -> GoldenColumns:
    if path is None:
        raise Unreadable("a workbook needs --map: YAML that says which column holds what (docs/golden.md)")
    try:
        return GoldenColumns.model_validate(_mapping(path))
    except ValidationError as error:
        raise Unreadable(f"{path}: {golden_lines.faults(error)}") from None


def _annotations(path: Path | None) -> AnnotationMap:
    try:
        return AnnotationMap.model_validate(_mapping(path) if path else {})
    except ValidationError as error:
        raise Unreadable(f"{path}: {golden_lines.faults(error)}") from None


def _mapping(path: Path) -> dict[str, Any]:
    try:
        told = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise Unreadable(f"{path} is not YAML: {str(error).splitlines()[0]}") from None
    if not isinstance(told, dict):
        raise Unreadable(f"{path} must hold a mapping")
    return told
