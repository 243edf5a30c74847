"""Bodies and replies of the golden routes."""

from datetime import datetime
from typing import Annotated, Literal, Self

from auricle_contracts import Contract
from auricle_contracts.conversations import Reference
from auricle_contracts.golden import GoldenItem, GoldenKind, GoldenSettings, GoldenSplit, GoldenStatus
from auricle_contracts.vocabulary import Channel
from pydantic import Field, model_validator


class GoldenSettingsView(GoldenSettings):
    """The choice, who made it, and when; null where nobody did."""

    chosen_by: str | None = None
    chosen_at: datetime | None = None


class GoldenItemView(GoldenItem):
    """An item, and what people whom it names by id are called; an API key, and who came in by an import under a name, have none."""

    names: dict[str, str]


class GoldenItemPage(Contract):
    """Newest first. `next_cursor` asks for the next page; null on the last."""

    items: tuple[GoldenItem, ...]
    next_cursor: str | None


class GoldenItemIn(Contract):
    """A conversation to copy, with what people judged of it; `whole`: somebody went through it, and what nobody touched is right too."""

    conversation_id: Reference
    whole: bool = False


class GoldenAdded(Contract):
    """What adding did: labels that were written, that stood there already, and subjects that contradict each other now.

    The item is of one of the three splits; which, only those see who may read them.
    """

    id: str
    is_new: bool
    status: GoldenStatus
    labels: int
    same: int
    contested: tuple[str, ...]


class GoldenSettle(Contract):
    """Accept (`golden`) or withdraw the labels that are named by id; without names all that are proposed."""

    status: Literal[GoldenStatus.GOLDEN, GoldenStatus.WITHDRAWN]
    labels: Annotated[tuple[Reference, ...], Field(max_length=500)] = ()

    @model_validator(mode="after")
    def _withdrawn_by_name(self) -> Self:
        if len(set(self.labels)) != len(self.labels):
            raise ValueError("a label is named twice")
        return self


class GoldenQuotaView(Contract):
    """Of one subject and channel: items with the error (or an answer), items without it, both in the test split, and what is missing."""

    kind: GoldenKind
    subject: str
    channel: Channel
    with_it: int
    without_it: int
    in_test: int
    contested: int
    proposed: int
    missing_with_it: int
    missing_without_it: int


class GoldenQuotaList(Contract):
    """`quota` is wanted of each side of each row; error classes of the checklist that have no item at all are `untouched`.

    `duplicates`: items that are another state of a conversation that has one.
    """

    quota: int
    items: tuple[GoldenQuotaView, ...]
    untouched: tuple[str, ...]
    duplicates: int


class GoldenGapView(GoldenQuotaView):
    """A row of the quotas that lacks something, and conversations that could fill it: with the error (or an answer), and without.

    `waiting_*` are in the review queue as they stand now, blind items apart; `hunted` of them were found by their words. `judged_*`: as
    the machine judged them, of the newest conversations, those that neither wait nor are golden items.
    """

    waiting_with: int
    waiting_without: int
    waiting_undetermined: int
    hunted: int
    judged_with: int
    judged_without: int


class GoldenGapList(Contract):
    """Where most is missing first. `days`, `most`: `judged_*` are of the newest `most` conversations of so many days."""

    quota: int
    days: int
    most: int
    items: tuple[GoldenGapView, ...]
    untouched: tuple[str, ...]


class RefusedLine(Contract):
    """A line or row of an import that was not taken, counted from 1, and why."""

    line: int
    why: str


class ContestedLine(Contract):
    """An item whose labels contradict each other after the import."""

    line: int
    item_id: str
    subjects: tuple[str, ...]


class GoldenImport(Contract):
    """What an import did. `present`: dialogues of the same words were there, and their labels joined those.

    Lists hold the first 1,000.
    """

    dry_run: bool
    read: int
    added: int
    present: int
    labels: int
    same: int
    refused: int
    refused_lines: tuple[RefusedLine, ...]
    contested: tuple[ContestedLine, ...]
    by_split: dict[GoldenSplit, int]
