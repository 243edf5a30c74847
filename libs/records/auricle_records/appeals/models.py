"""What appeals are made from and narrowed to, and a row as the API shows it."""

from dataclasses import dataclass
from typing import Any

from auricle_contracts import AnswerState, AnswerValue, LabelSource, Quote
from auricle_contracts.appeals import Appeal
from auricle_contracts.vocabulary import AppealState, AppealVerdict
from sqlalchemy import Row

from auricle_records.artefacts.models import Version


@dataclass(frozen=True, slots=True)
class NewAppeal:
    """What is contested, an answer or a finding, and why."""

    criterion: str | None
    finding_id: str | None
    text: str
    quote: Quote | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """How it ends. `state` and `value` are what an answer is, where it was not as it stood."""

    verdict: AppealVerdict
    reason: str
    state: AnswerState | None = None
    value: AnswerValue = None
    source: LabelSource = "api"


@dataclass(frozen=True, slots=True)
class AppealFilters:
    """All given ones must hold. `subject` is a criterion or an error class; `overdue`: open, and its time is over.

    `answerable_by`: accepted or partly, no promotion answers it yet, and this version decides what it was about.
    """

    state: AppealState | None = None
    conversation_id: str | None = None
    opened_by: str | None = None
    owner: str | None = None
    subject: str | None = None
    overdue: bool = False
    answerable_by: Version | None = None


@dataclass(frozen=True, slots=True)
class AppealPage:
    """The newest first. `cursor` asks for the next page; None on the last."""

    items: tuple[Appeal, ...]
    cursor: str | None


def appeal_of(row: Row[Any]) -> Appeal:
    """A row of the table, without what it led to."""
    return Appeal.model_validate({name: getattr(row, name) for name in Appeal.model_fields if name != "changes"})
