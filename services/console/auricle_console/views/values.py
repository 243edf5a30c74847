"""One answer as a person reads it. `not_applicable` and `undetermined` are words of their own, never a "no" and never a zero."""

from dataclasses import dataclass

from auricle_contracts import Answer, AnswerState, CriterionKind, Layer, Quote

from auricle_console.formatting import NOTHING, number
from auricle_console.wording import Wording

GRADES = ((85, "best"), (70, "good"), (50, "middling"), (30, "poor"), (0, "bad"))
UNSURE_BELOW = 0.6


@dataclass(frozen=True)
class Shown:
    """`text` of the value, `grade` where a score of the model is better or worse, `points` 0-100 of a score.

    `explained`: why there is no value.
    """

    text: str
    state: AnswerState
    grade: str = ""
    points: int | None = None
    explained: str = ""


@dataclass(frozen=True)
class PlacedQuote:
    """A quote with the anchor that its words carry in the transcript."""

    anchor: str
    quote: Quote


@dataclass(frozen=True)
class ShownAnswer:
    """An answer with its title in the page's language and its quotes placed."""

    answer: Answer
    title: str
    shown: Shown
    quotes: tuple[PlacedQuote, ...]
    confidence: int | None
    unsure: bool


def show(answer: Answer | None, words: Wording) -> Shown:
    """The value of an answer; a dash where the criterion was not asked."""
    if answer is None:
        return Shown(NOTHING, AnswerState.NOT_APPLICABLE)
    if answer.state is not AnswerState.ANSWERED:
        why = words.known(f"why.{answer.why}", answer.why or "")
        return Shown(
            words(f"state.{answer.state}"), answer.state, explained=why or words(f"state_means.{answer.state}")
        )
    points = _points(answer)
    grade = grade_of(points) if points is not None and answer.layer is Layer.MODEL else ""
    return Shown(_text(answer, words), answer.state, grade, points)


def grade_of(points: float) -> str:
    """The name of a score's class: colours follow it, and so do the words for those who do not see colours."""
    return next(name for least, name in GRADES if points >= least)


def answered(answer: Answer, anchors: dict[Quote, str], words: Wording) -> ShownAnswer:
    """The answer made ready."""
    confidence = None if answer.confidence is None else round(100 * answer.confidence)
    return ShownAnswer(
        answer=answer,
        title=words.known(f"criterion.{answer.criterion}", answer.title),
        shown=show(answer, words),
        quotes=tuple(PlacedQuote(anchors[quote], quote) for quote in answer.quotes),
        confidence=confidence,
        unsure=answer.confidence is not None and answer.confidence < UNSURE_BELOW,
    )


def _points(answer: Answer) -> int | None:
    if answer.kind is not CriterionKind.SCORE or isinstance(answer.value, bool | str | None):
        return None
    return max(0, min(100, round(answer.value)))


def _text(answer: Answer, words: Wording) -> str:
    value = answer.value
    if isinstance(value, bool):
        return words("value.yes" if value else "value.no")
    if isinstance(value, int | float):
        return number(value, words.language)
    return words.known(f"choice.{value}", str(value)) if value is not None else NOTHING
