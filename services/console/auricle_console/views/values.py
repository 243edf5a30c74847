"""One answer as a person reads it. `not_applicable` and `undetermined` are words of their own, never a "no" and never a zero."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from auricle_contracts import Answer, AnswerState, AnswerSummary, AnswerValue, CriterionKind, Layer, Quote

from auricle_console.formatting import NOTHING, number
from auricle_console.wording import Wording

GRADES = ((85, "best"), (70, "good"), (50, "middling"), (30, "poor"), (0, "bad"))
UNSURE_BELOW = 0.6
LANGUAGES_SPOKEN = "language_mix"
SHARE = re.compile(r"\b([a-z]{2,5}) (\d+)%")


@dataclass(frozen=True)
class Shown:
    """`text` of the value that counts, `grade` where a judged score is better or worse, `points` 0-100 of a score.

    `explained`: why there is no value. `unsure`: the model's, below UNSURE_BELOW. Where a person's verdict counts, `judged_by` and `at`
    say whose and when, and `before` is what the model had said.
    """

    text: str
    state: AnswerState
    grade: str = ""
    points: int | None = None
    explained: str = ""
    unsure: bool = False
    judged_by: str = ""
    at: datetime | None = None
    before: str = ""


@dataclass(frozen=True)
class PlacedQuote:
    """A quote with the anchor that its words carry in the transcript."""

    anchor: str
    quote: Quote


@dataclass(frozen=True)
class ShownAnswer:
    """An answer with its title in the page's language and its quotes placed; `shown` and `value` are what counts."""

    answer: Answer
    title: str
    shown: Shown
    value: AnswerValue
    quotes: tuple[PlacedQuote, ...]
    confidence: int | None


def show(answer: Answer | AnswerSummary | None, words: Wording) -> Shown:
    """The value of an answer, a person's before the model's; a dash where the criterion was not asked."""
    if answer is None:
        return Shown(NOTHING, AnswerState.NOT_APPLICABLE)
    shown = _counts(answer, words)
    if isinstance(answer, Answer) or answer.judged_by is None:
        return replace(shown, unsure=answer.confidence is not None and answer.confidence < UNSURE_BELOW)
    same = (answer.state, answer.value) == (answer.model_state, answer.model_value)
    by_model = answer.model_copy(update={"state": answer.model_state, "value": answer.model_value})
    before = "" if same else _counts(by_model, words).text
    return replace(shown, judged_by=answer.judged_by, at=answer.judged_at, before=before)


def _counts(answer: Answer | AnswerSummary, words: Wording) -> Shown:
    if answer.state is not AnswerState.ANSWERED:
        why = words.known(f"why.{answer.why}", answer.why or "")
        explained = why or words(f"state_means.{answer.state}")
        return Shown(words(f"state.{answer.state}"), answer.state, explained=explained)
    points = _points(answer)
    grade = grade_of(points) if points is not None and answer.layer is Layer.MODEL else ""
    return Shown(_text(answer, words), answer.state, grade, points)


def grade_of(points: float) -> str:
    """The name of a score's class: colours follow it, and so do the words for those who do not see colours."""
    return next(name for least, name in GRADES if points >= least)


def answered(
    answer: Answer, anchors: dict[Quote, str], words: Wording, counts: AnswerSummary | None = None
) -> ShownAnswer:
    """The answer made ready; `counts` is the same answer with a person's verdict, where there is one."""
    said = counts if counts and counts.judged_by else answer
    return ShownAnswer(
        answer=answer,
        title=words.known(f"criterion.{answer.criterion}", answer.title),
        shown=show(said, words),
        value=said.value,
        quotes=tuple(PlacedQuote(anchors[quote], quote) for quote in answer.quotes),
        confidence=None if answer.confidence is None else round(100 * answer.confidence),
    )


def _points(answer: Answer | AnswerSummary) -> int | None:
    if answer.kind is not CriterionKind.SCORE or isinstance(answer.value, bool | str | None):
        return None
    return max(0, min(100, round(answer.value)))


def _text(answer: Answer | AnswerSummary, words: Wording) -> str:
    value = answer.value
    if isinstance(value, bool):
        return words("value.yes" if value else "value.no")
    if isinstance(value, int | float):
        return number(value, words.language)
    if answer.criterion == LANGUAGES_SPOKEN:
        return languages(str(value), words)
    return words.known(f"choice.{value}", str(value)) if value is not None else NOTHING


def languages(mix: str, words: Wording) -> str:
    """Shares of languages ("ru 55%, en 45%") with the languages' names in the page's."""

    def named(share: re.Match[str]) -> str:
        name = words("language.other") if share[1] == "other" else words.language_name(share[1])
        return f"{name} {share[2]} %"

    return SHARE.sub(named, mix)
