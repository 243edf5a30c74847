"""What people said about an answer, and the form by which one more may say it."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from auricle_contracts import Answer, AnswerState, AnswerValue, CriterionKind, Evaluation, Label, Layer

from auricle_console.views.values import Shown, show
from auricle_console.wording import Wording

COMMENT_CHARS, AUTHOR_CHARS = 4000, 200
FAULTS = {CriterionKind.SCORE: "no_score", CriterionKind.COUNT: "no_count", CriterionKind.YES_NO: "no_choice"}


@dataclass(frozen=True)
class Draft:
    """A verdict as it was typed, when it could not be kept: the form is shown again with it, and says which field is wrong and why."""

    criterion: str
    state: str
    value: str
    comment: str
    author: str
    field: str = ""
    fault: str = ""


@dataclass(frozen=True)
class Opinion:
    """A label ready to draw; `agrees` with the answer that it judges, which is `judged`."""

    shown: Shown
    judged: Shown
    author: str
    comment: str | None
    at: datetime
    agrees: bool


def opinions(labels: Iterable[Label], evaluation: Evaluation, words: Wording) -> tuple[tuple[str, Opinion], ...]:
    """What was said about this evaluation, newest first, each with the title of its criterion."""
    titles = {one.criterion: words.known(f"criterion.{one.criterion}", one.title) for one in evaluation.answers}
    of_it = [one for one in labels if one.evaluation_id == evaluation.id]
    newest_first = sorted(of_it, key=lambda one: one.created_at, reverse=True)
    return tuple((titles.get(one.criterion, one.criterion), _opinion(one, words)) for one in newest_first)


def _opinion(label: Label, words: Wording) -> Opinion:
    same = (label.state, label.value) == (label.old_state, label.old_value)
    said, judged = (
        _shown(label, *one, words) for one in ((label.state, label.value), (label.old_state, label.old_value))
    )
    return Opinion(said, judged, author_of(label, words), label.comment, label.updated_at, same)


def author_of(label: Label, words: Wording) -> str:
    """The name that was given, else the beginning of the key's id: nobody is called by a whole one."""
    return label.author_name or words("label.key", id=label.author[:8])


def _shown(label: Label, state: AnswerState, value: AnswerValue, words: Wording) -> Shown:
    answer = Answer(criterion=label.criterion, title="", layer=Layer.MODEL, kind=label.kind, state=state, value=value)
    return show(answer, words)


def options(answer: Answer, choices: Mapping[str, Sequence[str]], words: Wording) -> tuple[tuple[str, str], ...]:
    """Values to choose from, with their titles; empty where one is typed.

    An answer that its list does not have, from an older scorecard, stands first: it stays what it is until somebody chooses.
    """
    if answer.kind is CriterionKind.YES_NO:
        return ("true", words("value.yes")), ("false", words("value.no"))
    listed = choices.get(answer.criterion, ())
    old = (answer.value,) if listed and isinstance(answer.value, str) and answer.value not in listed else ()
    return tuple((choice, words.known(f"choice.{choice}", choice)) for choice in (*old, *listed))


def fault_of(kind: CriterionKind, draft: Draft) -> tuple[str, str]:
    """The field that is wrong, and the word for why; two empty ones for a verdict that can be sent."""
    if len(draft.comment.strip()) > COMMENT_CHARS:
        return "comment", "comment_too_long"
    if len(draft.author.strip()) > AUTHOR_CHARS:
        return "author", "author_too_long"
    if draft.state not in set(AnswerState):
        return "state", "no_state"
    fault = _value_fault(kind, draft) if draft.state == AnswerState.ANSWERED else ""
    return ("value", fault) if fault else ("", "")


def _value_fault(kind: CriterionKind, draft: Draft) -> str:
    value = typed(kind, draft.state, draft.value)
    if value is None:
        return "no_value"
    number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = {
        CriterionKind.SCORE: number and 0 <= float(value) <= 100,
        CriterionKind.COUNT: number and float(value).is_integer() and float(value) >= 0,
        CriterionKind.YES_NO: isinstance(value, bool),
    }
    return "" if fits.get(kind, True) else FAULTS[kind]


def typed(kind: str, state: str, raw: str) -> AnswerValue:
    """A form's text as a value of its kind; what does not fit stays text, and the gateway refuses it with a reason."""
    if state != AnswerState.ANSWERED or not raw.strip():
        return None
    if kind == CriterionKind.YES_NO:
        return {"true": True, "false": False}.get(raw, raw)
    if kind in (CriterionKind.SCORE, CriterionKind.COUNT):
        try:
            number = float(raw.replace(",", "."))
        except ValueError:
            return raw
        if not math.isfinite(number):  # JSON knows no such number
            return raw
        return int(number) if number.is_integer() else number
    return raw.strip()
