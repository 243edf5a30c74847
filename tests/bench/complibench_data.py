"""CompliBench (Yang et al., arXiv 2604.12312, Apache-2.0): English dialogues with an assistant, its guidelines, and which turns break one.

    <folder>/<domain>/conversation_*.json      airlines, healthcare, insurance; a folder `data` between is passed through

A guideline becomes an error class by code: breaking it is the error. Universal guidelines (tone) are left out, as the benchmark does.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auricle_contracts import Channel, Role
from auricle_criteria import ClassState, ErrorClass, FoundBy
from auricle_criteria.artefact import Title
from auricle_criteria.classes import Opportunity, Text
from auricle_samples.dialogues.written.errors import MarkedDialogue

ROLES = {"assistant": Role.AGENT, "user": Role.CUSTOMER}
INTENT, CONDITION = "Category 2", "Category 3"
_STRANGE = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Conversation:
    """One of them. `guidelines` by class id; `turns` are what counts: by number (from 1) the guideline that is broken there, or None."""

    domain: str
    dialogue: MarkedDialogue
    guidelines: Mapping[str, str]
    turns: Mapping[int, str | None]


def read_conversations(folder: Path) -> Iterator[Conversation]:
    """In the order of their files. ValueError where there is none."""
    root = folder / "data" if (folder / "data").is_dir() else folder
    paths = sorted(root.glob("*/conversation_*.json"))
    if not paths:
        raise ValueError(f"no conversations under {folder}")
    for path in paths:
        yield conversation(json.loads(path.read_text("utf-8")), path.parent.name, path.stem)


def conversation(read: Mapping[str, Any], domain: str, name: str) -> Conversation:
    """From the benchmark's JSON."""
    said = [(ROLES[one["role"]], one["content"]) for one in read["message_list"]]
    dialogue = MarkedDialogue(
        id=f"{domain}-{name}",
        lang="en",
        channel=Channel.CHAT,
        domain=domain,
        scenario=read["intent_name"],
        turns=tuple(said),
    )
    counted: dict[int, str | None] = {
        one["turn_index"] + 1: None
        for one in read["message_list"]
        if one["role"] == "assistant" and one.get("category") and one.get("key")
    }
    for one in read["mistakes"]:
        key, phase = one["guidance key"], one.get("guideline_phase", -1)
        counted[one["turn_index"] + 1] = class_id(one["guidance category"], key, phase)
    return Conversation(domain, dialogue, _guidelines(read["assistant_guidelines"]), counted)


def _guidelines(read: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    found = {}
    for category, rules in read.items():
        if not category.startswith((INTENT, CONDITION)):
            continue
        for key, rule in rules.items():
            phases = rule.items() if isinstance(rule, dict) else [("Phase -1", rule)]
            for phase, words in phases:
                found[class_id(category, key, int(phase.removeprefix("Phase ")))] = str(words)
    return found


def class_id(category: str, key: str, phase: int | None) -> str:
    """`intent_3` for the third phase of the intent, `when_<key>` for a condition."""
    if category.startswith(INTENT):
        return f"intent_{phase}"
    return f"when_{_STRANGE.sub('_', key.lower()).strip('_')}"[:64]


def as_class(name: str, guideline: str, like: ErrorClass) -> ErrorClass:
    """The guideline as a class that a prompt is asked about. `like`: a class that lends what no guideline says."""
    rule = guideline.replace('"', "'")
    changed = {
        "id": name,
        "note": "A guideline of CompliBench.",
        "title": Title(ru="Нарушено правило", en="Guideline broken"),
        "definition": Text.model_construct(
            ru=f'Нарушил ли agent правило: "{rule}"?', en=f'Did the agent break the guideline: "{rule}"?'
        ),
        "is_": "Сказано или сделано не то, что велит правило, хотя случай был.",
        "is_not": ("Правило исполнено другими словами.", "Случая для правила не было."),
        "opportunity": Opportunity(when="Наступил случай, о котором правило.", needs_role=Role.AGENT, channels=(Channel.CHAT,)),
        "found_by": FoundBy.PROMPT,
        "rule": None,
        "state": ClassState.EXPERIMENTAL,
        "articles": (),
    }  # fmt: skip
    return like.model_copy(update=changed)
