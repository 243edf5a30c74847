"""Pins: how a recipe names what makes a result. Who pins (the door) and who checks (the scorer) reckon them by the same functions."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from auricle_contracts import RuleChanges

from auricle_criteria.artefact import Artefact
from auricle_criteria.flows import Flow
from auricle_criteria.prompts import Prompt

ANSWERING = ("rules", "detectors", "wordings", "languages", "masking", "names")


def flow_pin(prompts: Iterable[Prompt]) -> str:
    """The prompts of a scorecard, in order."""
    return "+".join(prompt.pin for prompt in prompts)


def checklist_pin(flow: Flow, prompts: Iterable[Prompt], classes: Iterable[Artefact]) -> str:
    """A flow with the content of its prompts and of the classes that it looks for, in any order."""
    parts = "+".join((flow.pin, *sorted(one.pin for one in (*prompts, *classes))))
    return f"{flow.id}@{hashlib.sha256(parts.encode()).hexdigest()[:16]}"


def rules_pin(prompts: Path) -> str:
    """What the rules service answers by: rules, detectors with wordings, language and masking packs and names under `prompts/`."""
    return f"rules@{hash_of_folders(*(prompts / name for name in ANSWERING))}"


def changed_rules_pin(released: str, changes: RuleChanges | None) -> str:
    """The same with what a workspace made live in the place of some of it."""
    return released if changes is None else f"{released}+{changes_pin(changes)}"


def changes_pin(changes: RuleChanges) -> str:
    """First 16 hex digits over the bodies."""
    return hashlib.sha256(changes.model_dump_json().encode()).hexdigest()[:16]


def hash_of_folders(*folders: Path) -> str:
    """First 16 hex digits over names and bytes of the folders' YAML files."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.glob("*.yaml")):
            digest.update(f"{folder.name}/{path.name}".encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
