"""Appeals ready to draw: on the card of what is contested, and in the list of those who open and decide them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from auricle_contracts import AnswerState, AnswerValue
from auricle_contracts.appeals import Appeal
from auricle_contracts.vocabulary import AppealState, AppealVerdict

from auricle_console.gateway import AppealStatistics, ErrorClass
from auricle_console.wording import Wording

TEXT_CHARS = 4000
SIGNS = {"—": AnswerState.NOT_APPLICABLE, "-": AnswerState.NOT_APPLICABLE, "?": AnswerState.UNDETERMINED}
"""What is written in place of a value, as in the exported sheets."""
YES, NO = {"да", "yes", "true"}, {"нет", "no", "false"}


@dataclass(frozen=True)
class AppealDraft:
    """What was typed when it could not be kept; `subject` is the criterion, the finding or the appeal whose form it is."""

    subject: str
    text: str = ""
    verdict: str = ""
    value: str = ""
    fault: str = ""


@dataclass(frozen=True)
class ShownAppeal:
    """An appeal with its subject in words. `anchor` leads to the card; `overdue`: still open behind its deadline."""

    appeal: Appeal
    title: str
    anchor: str
    overdue: bool


@dataclass(frozen=True)
class AppealRow:
    """How appeals against one subject ended."""

    title: str
    counts: AppealStatistics


def shown(
    appeals: Iterable[Appeal], titles: Mapping[str, str], words: Wording, now: datetime | None = None
) -> tuple[ShownAppeal, ...]:
    """The open ones by their deadline, then the others as they came, newest first."""
    at = now or datetime.now(UTC)
    made = [
        ShownAppeal(one, _title(one.criterion, one.error_class, titles, words), _anchor(one), _overdue(one, at))
        for one in appeals
    ]
    waiting = sorted((one for one in made if one.appeal.state is AppealState.OPEN), key=lambda one: one.appeal.due_at)
    return (*waiting, *(one for one in made if one.appeal.state is not AppealState.OPEN))


def rows(counts: Sequence[AppealStatistics], titles: Mapping[str, str], words: Wording) -> tuple[AppealRow, ...]:
    """What was contested most comes first."""
    return tuple(AppealRow(_title(one.criterion, one.error_class, titles, words), one) for one in counts)


def titles_of(classes: Iterable[ErrorClass], language: str) -> dict[str, str]:
    """Of error classes in the page's language."""
    return {one.id: one.title[language] for one in classes}


def by_subject(appeals: Iterable[Appeal]) -> dict[str, Appeal]:
    """The newest by criterion or finding, of those that were not withdrawn."""
    found: dict[str, Appeal] = {}
    for one in appeals:
        if one.state is not AppealState.WITHDRAWN:
            found.setdefault(one.criterion or f"{one.error_class} {one.participant or ''}", one)
    return found


def _title(criterion: str | None, error_class: str | None, titles: Mapping[str, str], words: Wording) -> str:
    if criterion is not None:
        return words.known(f"criterion.{criterion}", criterion)
    return titles.get(error_class or "", "") or (error_class or "").replace("_", " ")


def _anchor(appeal: Appeal) -> str:
    return f"c-{appeal.criterion}" if appeal.criterion else f"c-finding-{appeal.finding_id}"


def _overdue(appeal: Appeal, now: datetime) -> bool:
    return appeal.state is AppealState.OPEN and appeal.due_at < now


def fault_of(draft: AppealDraft, *, about_answer: bool) -> str:
    """The word for what is wrong with a decision; "" for one that can be sent."""
    if not draft.text.strip() or len(draft.text.strip()) > TEXT_CHARS:
        return "no_text"
    if draft.verdict not in set(AppealVerdict):
        return "no_verdict"
    if about_answer and draft.verdict != AppealVerdict.REJECTED and not draft.value.strip():
        return "no_value"
    return ""


def decision(draft: AppealDraft, *, about_answer: bool) -> dict[str, object]:
    """As the gateway takes it."""
    said: dict[str, object] = {"verdict": draft.verdict, "reason": draft.text.strip()}
    if not about_answer or draft.verdict == AppealVerdict.REJECTED:
        return said
    state, value = typed(draft.value.strip())
    return said | {"state": state, "value": value}


def typed(raw: str) -> tuple[AnswerState, AnswerValue]:
    """A sign, a number, yes or no, else words; whether it fits the answer's kind says the gateway."""
    if raw in SIGNS:
        return SIGNS[raw], None
    if raw.lower() in YES | NO:
        return AnswerState.ANSWERED, raw.lower() in YES
    try:
        number = float(raw.replace(",", "."))
    except ValueError:
        return AnswerState.ANSWERED, raw
    return AnswerState.ANSWERED, int(number) if number.is_integer() else number
