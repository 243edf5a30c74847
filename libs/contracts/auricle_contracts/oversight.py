"""Human oversight (EU AI Act, articles 14 and 26): the disclosure to agents, and the record of who looked at what models said."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from auricle_contracts.contract import Contract
from auricle_contracts.conversations import Moment
from auricle_contracts.vocabulary import MemberRole

AGENT_TONE_FLAG = "agent_tone"
"""Of a transcript for which the tone of agents' turns was measured (`AURICLE_AGENT_TONE` of asr)."""
DisclosureText = Annotated[str, StringConstraints(min_length=1, max_length=20_000, strip_whitespace=True)]
EntryText = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)]


class OversightEntryKind(StrEnum):
    """What somebody writes into the record: who answers for the system, or that it did harm."""

    RESPONSIBLE = "responsible"
    INCIDENT = "incident"


class DisclosureIn(Contract):
    """What people at work are told before a machine judges their conversations, in both languages of the page."""

    ru: DisclosureText
    en: DisclosureText


class Disclosure(Contract):
    """A version of the disclosure; an earlier one never changes."""

    version: int
    ru: str
    en: str
    written_by: str
    written_by_name: str
    created_at: datetime


class OwnDisclosure(Contract):
    """The newest version, null where the workspace has none, and when the caller acknowledged this version."""

    disclosure: Disclosure | None
    acknowledged_at: datetime | None


class DisclosureAcknowledgementIn(Contract):
    """Which version was read: another one by now is 409 `disclosure_moved`."""

    version: Annotated[int, Field(ge=1)]


class OversightEntryIn(Contract):
    """`responsible`: name, duties and how to reach who answers for the system; the newest counts. `incident`: what happened, and what was
    done.
    """

    kind: OversightEntryKind
    text: EntryText
    happened_at: Moment


class OversightEntry(Contract):
    """As it was written; entries are added and never changed."""

    id: str
    kind: OversightEntryKind
    text: str
    happened_at: datetime
    added_by: str
    added_by_name: str
    created_at: datetime


class OversightShare(Contract):
    """`count` of `of`, with Wilson's 95 % interval between 0 and 1; of nothing it is everything."""

    count: int
    of: int
    low: float
    high: float


class OversightRow(Contract):
    """One criterion or error class in one month (of the evaluation, UTC): how many verdicts the machine gave, at how many somebody looked,
    how many were overridden, graded doubtful, appealed, and of these accepted or partly; `missed`: errors that people added.

    What people look at is no random sample: what was overridden of what was looked at says nothing of the rest.
    """

    month: date
    kind: Literal["error_class", "criterion"]
    subject: str
    judged: int
    looked: OversightShare
    overridden: OversightShare
    doubtful: int
    missed: int
    appealed: OversightShare
    accepted: OversightShare


class ToneMonth(Contract):
    """Transcripts of one month, and of these the ones for which the tone of agents' turns was measured: none where it is off."""

    month: date
    transcripts: int
    with_agent_tone: int


class Overseer(Contract):
    """An active person who may override a verdict."""

    person_id: str
    name: str
    roles: tuple[MemberRole, ...]


class OversightRecord(Contract):
    """The record of a period; `since` counts, `until` does not. `agents` are active, `informed` of them read the newest disclosure."""

    since: datetime
    until: datetime
    responsible: OversightEntry | None
    incidents: tuple[OversightEntry, ...]
    overseers: tuple[Overseer, ...]
    disclosure: Disclosure | None
    agents: int
    informed: int
    rows: tuple[OversightRow, ...]
    tone: tuple[ToneMonth, ...]
