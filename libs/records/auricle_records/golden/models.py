"""What golden items are made from and narrowed to, and rows as the API shows them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from auricle_contracts.golden import (
    GoldenDialogue,
    GoldenItem,
    GoldenKind,
    GoldenLabel,
    GoldenSource,
    GoldenSplit,
    GoldenState,
    GoldenStatus,
    GoldenTurn,
    StoredGoldenLabel,
)
from auricle_contracts.vocabulary import Channel
from sqlalchemy import Row

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class NewItem:
    """A masked dialogue with its labels. `by` adds it, and decided what names nobody else; `status` is what its labels begin as."""

    dialogue: GoldenDialogue
    source: GoldenSource
    status: GoldenStatus
    by: str
    conversation_id: str | None = None


@dataclass(frozen=True, slots=True)
class AddedItem:
    """What adding did. `labels` were written, `same` stood there already, `contested` subjects contradict each other now."""

    id: str
    is_new: bool
    split: GoldenSplit
    labels: int
    same: int
    contested: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GoldenFilters:
    """All given ones must hold; of the labels one that is not withdrawn. `contested`: golden labels of a subject contradict each other."""

    split: GoldenSplit | None = None
    subject: str | None = None
    state: GoldenState | None = None
    status: GoldenStatus | None = None
    channel: Channel | None = None
    language: str | None = None
    conversation_id: str | None = None
    contested: bool | None = None


@dataclass(frozen=True, slots=True)
class GoldenPage:
    """The newest first. `cursor` asks for the next page; None on the last."""

    items: tuple[GoldenItem, ...]
    cursor: str | None


def fingerprint(turns: Sequence[GoldenTurn]) -> str:
    """The same for dialogues of the same words by the same roles, whatever the case and the marks."""
    said = (f"{one.role.value}:{' '.join(_WORD.findall(one.text.casefold()))}" for one in turns)
    return sha256("\n".join(said).encode()).hexdigest()


def item_of(row: Row[Any], labels: Sequence[StoredGoldenLabel]) -> GoldenItem:
    """A row of the table with its labels."""
    dialogue = GoldenDialogue(
        reference=row.reference,
        channel=row.channel,
        language=row.language,
        agent=row.agent,
        started_at=row.started_at,
        split=GoldenSplit(row.split),
        turns=tuple(GoldenTurn.model_validate(one) for one in row.turns),
    )
    return GoldenItem(
        id=row.id,
        split=GoldenSplit(row.split),
        conversation_id=row.conversation_id,
        dialogue=dialogue,
        labels=tuple(labels),
        contested=contested(labels),
        added_by=row.added_by,
        created_at=row.created_at,
    )


def label_of(row: Row[Any]) -> StoredGoldenLabel:
    """A row of the table."""
    return StoredGoldenLabel.model_validate({name: getattr(row, name) for name in StoredGoldenLabel.model_fields})


def contested(labels: Sequence[StoredGoldenLabel]) -> tuple[str, ...]:
    """Subjects of which golden labels say different things."""
    said: dict[tuple[GoldenKind, str], set[tuple[GoldenState, Any]]] = {}
    for one in labels:
        if one.status is GoldenStatus.GOLDEN:
            said.setdefault((one.kind, one.subject), set()).add((one.state, one.value))
    return tuple(sorted(subject for (_, subject), verdicts in said.items() if len(verdicts) > 1))


def counting(item: GoldenItem) -> GoldenDialogue:
    """The dialogue with the labels that count: golden, not contested, the newest of each subject."""
    newest: dict[tuple[GoldenKind, str], StoredGoldenLabel] = {}
    for one in sorted(item.labels, key=lambda label: (label.decided_at, label.id)):
        if one.status is GoldenStatus.GOLDEN and one.subject not in item.contested:
            newest[one.kind, one.subject] = one
    labels = tuple(
        GoldenLabel.model_validate(one.model_dump(include=set(GoldenLabel.model_fields))) for one in newest.values()
    )
    return item.dialogue.model_copy(update={"id": item.id, "labels": labels})
