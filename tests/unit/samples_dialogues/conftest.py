"""Labelled dialogues for error classes, and the classes themselves, read once a module."""

from pathlib import Path

import pytest
from auricle_criteria import ErrorClass, read_classes
from auricle_samples import dialogues
from auricle_samples.dialogues.written.errors import MarkedDialogue, read_marked

WRITTEN = Path(dialogues.__file__).parent / "written"


@pytest.fixture(scope="module")
def first() -> list[MarkedDialogue]:
    return list(read_marked(WRITTEN / "classes_heldout.jsonl"))


@pytest.fixture(scope="module")
def second() -> list[MarkedDialogue]:
    return list(read_marked(WRITTEN / "classes_second.jsonl"))


@pytest.fixture(scope="module")
def third() -> list[MarkedDialogue]:
    return list(read_marked(WRITTEN / "classes_third.jsonl"))


@pytest.fixture(scope="module")
def fourth() -> list[MarkedDialogue]:
    return list(read_marked(WRITTEN / "classes_fourth.jsonl"))


@pytest.fixture(scope="module")
def fifth() -> list[MarkedDialogue]:
    return list(read_marked(WRITTEN / "classes_fifth.jsonl"))


@pytest.fixture(scope="module")
def classes() -> dict[str, ErrorClass]:
    return dict(read_classes(Path("prompts")))
