"""The card of a data set: what is in it, who said so, how far people agree, what cleaning found. Nothing of it depends on the day."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from auricle_contracts.golden import GoldenDialogue, GoldenSplit

from auricle_trainer.datasets.folder import DataSet

SHOWN = 20
"""Dialogues named under each fault; all of them are counted."""


def card_of(
    data: DataSet,
    ceilings: Mapping[str, Any],
    faults: Mapping[str, list[str]],
    taught: Mapping[str, int],
    sources: Mapping[str, str],
) -> dict[str, Any]:
    """As JSON. `taught`: examples by prompt of the training split; `sources`: SHA-256 of each file that was read."""
    dialogues = data.all()
    return {
        "hash": data.hash,
        "dialogues": {split.value: len(data.splits[split]) for split in GoldenSplit},
        "agents": {split.value: len({one.agent for one in data.splits[split] if one.agent}) for split in GoldenSplit},
        "period": _period(dialogues),
        "channels": _counted(one.channel.value for one in dialogues),
        "languages": _counted(one.language or "?" for one in dialogues),
        "labels": _labels(dialogues),
        "people": _counted(label.decided_by or "?" for one in dialogues for label in one.labels),
        "examples": dict(taught),
        "ceilings": dict(ceilings),
        "cleaning": {kind: len(found) for kind, found in sorted(faults.items())},
        "sources": dict(sorted(sources.items())),
    }


def card_text(card: Mapping[str, Any], faults: Mapping[str, list[str]]) -> str:
    """The same for people."""
    rows = [
        f"| {subject} | {told['split']} | {told['channel']} | {told['state']} | {told['n']} |"
        for subject, some in card["labels"].items()
        for told in some
    ]
    return "\n".join(
        [
            f"# Data set {card['hash']}",
            "",
            f"Dialogues: {_listed(card['dialogues'])}. Agents: {_listed(card['agents'])}. Period: {card['period'] or 'not known'}.",
            f"Channels: {_listed(card['channels'])}. Languages: {_listed(card['languages'])}.",
            f"Labels by person: {_listed(card['people'])}. Examples to learn from, by prompt: {_listed(card['examples'])}.",
            "",
            "Texts are masked. Splits are by agent and week: no agent or week of `test` is trained on.",
            "",
            "## Labels",
            "",
            "| subject | split | channel | state | n |",
            "|---|---|---|---|---|",
            *rows,
            "",
            "## How far people agree: the ceiling",
            "",
            *_ceilings(card["ceilings"]),
            "",
            "## Cleaning",
            "",
            *_cleaning(faults),
            "",
            "## Sources",
            "",
            *(f"- `{name}` sha256 {digest}" for name, digest in card["sources"].items()),
            "",
        ]
    )


def figure(told: Mapping[str, Any]) -> str:
    """A measured value with its interval and n."""
    if told["value"] is None:
        return "none (n=0)"
    return f"{told['value']:g} [{told['low']:g}, {told['high']:g}] (n={told['n']})"


def _ceilings(ceilings: Mapping[str, Mapping[str, Any]]) -> list[str]:
    if not ceilings:
        return ["Nobody labelled what somebody else had labelled: the ceiling is not known."]
    head = ["| subject | measure | two people, 95 % interval |", "|---|---|---|"]
    rows = [
        f"| {subject} | {name} | {figure(told)} |" for subject, some in ceilings.items() for name, told in some.items()
    ]
    return [*head, *rows]


def _cleaning(faults: Mapping[str, list[str]]) -> list[str]:
    told = []
    for kind, found in sorted(faults.items()):
        more = f" … and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        told.append(f"- {kind}: {len(found)} ({', '.join(sorted(found)[:SHOWN])}{more})")
    return told or ["Nothing was found."]


def _labels(dialogues: Iterable[GoldenDialogue]) -> dict[str, list[dict[str, Any]]]:
    counted = Counter(
        (label.subject, (one.split or GoldenSplit.TRAIN).value, one.channel.value, label.state.value)
        for one in dialogues
        for label in one.labels
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for (subject, split, channel, state), n in sorted(counted.items()):
        found.setdefault(subject, []).append({"split": split, "channel": channel, "state": state, "n": n})
    return found


def _period(dialogues: Iterable[GoldenDialogue]) -> str:
    days = sorted(one.started_at.date().isoformat() for one in dialogues if one.started_at)
    return f"{days[0]} to {days[-1]}" if days else ""


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {n}" for name, n in counts.items()) or "none"
