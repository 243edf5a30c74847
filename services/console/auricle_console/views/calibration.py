"""Calibration ready to draw: how far a reviewer is, the questions of a conversation, and the comparison as tables."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from auricle_contracts import AnswerState, AnswerValue, CriterionKind
from auricle_contracts.calibration import (
    Agreement,
    BlindConversation,
    BlindQuestion,
    CalibrationComparison,
    CriterionComparison,
    GivenAnswer,
)

from auricle_console.formatting import number
from auricle_console.views.appeals import typed
from auricle_console.wording import Wording

FIELD = "answer:"
SIGNS = {AnswerState.NOT_APPLICABLE: "—", AnswerState.UNDETERMINED: "?"}
"""As they are typed in a field and shown in a table; the same as in the exported sheets."""


@dataclass(frozen=True)
class Question:
    """A field: its name, what stands in it, and what may be chosen, as (value, text); without choices a number is typed."""

    name: str
    title: str
    value: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Progress:
    """A conversation of a session and how many of its questions the reviewer answered."""

    conversation: str
    title: str
    answered: int
    asked: int


@dataclass(frozen=True)
class Compared:
    """A criterion: alpha of the reviewers (the ceiling), of the model, and of each reviewer, as text."""

    title: str
    humans: str
    model: str
    n: int
    disputed: int
    reviewers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Row:
    """A question of a conversation with everybody's answer; `split`: they are not all the same."""

    conversation: str
    title: str
    question: str
    answers: tuple[str, ...]
    split: bool


def progress(asked: Iterable[BlindConversation], titles: Mapping[str, str]) -> tuple[Progress, ...]:
    """In the session's order."""
    return tuple(
        Progress(
            one.conversation_id,
            titles.get(one.conversation_id, one.conversation_id),
            sum(question.state is not None for question in one.questions),
            len(one.questions),
        )
        for one in asked
    )


def questions(one: BlindConversation, words: Wording) -> tuple[Question, ...]:
    """The fields of a conversation."""
    return tuple(_question(question, words) for question in one.questions)


def answers(one: BlindConversation, form: Mapping[str, str]) -> list[dict[str, object]]:
    """What was typed, as the gateway takes it; an empty field says nothing."""
    said: list[dict[str, object]] = []
    for question in one.questions:
        raw = form.get(FIELD + question.criterion, "").strip()
        if raw:
            state, value = typed(raw)
            about = {"conversation_id": one.conversation_id, "criterion": question.criterion}
            said.append({**about, "state": state, "value": value})
    return said


def following(asked: Sequence[BlindConversation], conversation: str) -> str:
    """The next after this one, and round to it again, that has a question left; "" where no other has."""
    at = next((number for number, one in enumerate(asked) if one.conversation_id == conversation), 0)
    left = (one for one in (*asked[at + 1 :], *asked[:at]) if any(question.state is None for question in one.questions))
    return next((one.conversation_id for one in left), "")


def compared(found: CalibrationComparison, words: Wording) -> tuple[Compared, ...]:
    """In the scorecard's order."""
    return tuple(_compared(one, words) for one in found.criteria)


def rows(
    found: CalibrationComparison, people: Sequence[str], titles: Mapping[str, str], words: Wording
) -> tuple[Row, ...]:
    """A row a question: the model's answer, then each person's in this order of ids, a dash where there is none."""
    made = []
    for one in found.questions:
        by = {answer.person_id: _told(answer, words) for answer in one.answers}
        told = tuple(by.get(who, "") for who in (None, *people))
        made.append(
            Row(
                one.conversation_id,
                titles.get(one.conversation_id, one.conversation_id),
                words.known(f"criterion.{one.criterion}", one.criterion),
                told,
                len({text for text in told if text}) > 1,
            )
        )
    return tuple(made)


def _question(question: BlindQuestion, words: Wording) -> Question:
    title = words.known(f"criterion.{question.criterion}", question.title)
    return Question(FIELD + question.criterion, title, _kept(question), _choices(question, words))


def _choices(question: BlindQuestion, words: Wording) -> tuple[tuple[str, str], ...]:
    signs = tuple((sign, words(f"state.{state}")) for state, sign in SIGNS.items())
    if question.kind is CriterionKind.YES_NO:
        return (("yes", words("value.yes")), ("no", words("value.no")), *signs)
    if question.kind is CriterionKind.CHOICE:
        return (*((one, words.known(f"choice.{one}", one)) for one in question.choices), *signs)
    return ()


def _kept(question: BlindQuestion) -> str:
    if question.state is None:
        return ""
    return SIGNS.get(question.state) or _plain(question.value)


def _plain(value: AnswerValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _told(answer: GivenAnswer, words: Wording) -> str:
    if answer.state is not AnswerState.ANSWERED:
        return SIGNS[answer.state]
    if isinstance(answer.value, bool):
        return words("value.yes") if answer.value else words("value.no")
    if isinstance(answer.value, int | float):
        return number(answer.value, words.language)
    return words.known(f"choice.{answer.value}", str(answer.value))


def _compared(one: CriterionComparison, words: Wording) -> Compared:
    return Compared(
        title=words.known(f"criterion.{one.criterion}", one.title),
        humans=_alpha(one.humans, words),
        model=_alpha(one.model, words),
        n=one.humans.n,
        disputed=one.disputed,
        reviewers=tuple((each.name, _alpha(each, words)) for each in one.reviewers),
    )


def _alpha(found: Agreement, words: Wording) -> str:
    if found.alpha is None:
        return "—"
    told = number(found.alpha, words.language, 2)
    if found.low is None or found.high is None:
        return told
    low, high = number(found.low, words.language, 2), number(found.high, words.language, 2)
    return words("calibration.with_interval", alpha=told, low=low, high=high)
