"""What people said about an answer, and the form by which one more may say it."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from auricle_contracts import Answer, AnswerState, AnswerValue, CriterionKind, Label, Layer

from auricle_console.views.values import Shown, show
from auricle_console.wording import Wording


@dataclass(frozen=True)
class Opinion:
    """A label ready to draw; `agrees` with the answer that it judges."""

    shown: Shown
    author: str
    comment: str | None
    at: datetime
    agrees: bool


def opinions(labels: Iterable[Label], evaluation_id: str, words: Wording) -> dict[str, tuple[Opinion, ...]]:
    """Of one evaluation, by criterion, oldest first."""
    found: dict[str, tuple[Opinion, ...]] = {}
    for label in sorted(labels, key=lambda one: one.created_at):
        if label.evaluation_id == evaluation_id:
            found[label.criterion] = (*found.get(label.criterion, ()), _opinion(label, words))
    return found


def _opinion(label: Label, words: Wording) -> Opinion:
    as_answer = Answer(
        criterion=label.criterion, title="", layer=Layer.MODEL, kind=label.kind, state=label.state, value=label.value
    )
    same = (label.state, label.value) == (label.old_state, label.old_value)
    return Opinion(show(as_answer, words), label.author, label.comment, label.updated_at, same)


def options(answer: Answer, choices: Mapping[str, Sequence[str]], words: Wording) -> tuple[tuple[str, str], ...]:
    """Values to choose from, with their titles; empty where one is typed.

    An answer that its list does not have, from an older scorecard, stands first: it stays what it is until somebody chooses.
    """
    if answer.kind is CriterionKind.YES_NO:
        return ("true", words("value.yes")), ("false", words("value.no"))
    listed = choices.get(answer.criterion, ())
    old = (answer.value,) if listed and isinstance(answer.value, str) and answer.value not in listed else ()
    return tuple((choice, words.known(f"choice.{choice}", choice)) for choice in (*old, *listed))


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
