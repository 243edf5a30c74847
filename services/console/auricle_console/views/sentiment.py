"""Which turns the rules on sentiment quote: the page says beside the tone of a voice what its words say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from auricle_contracts import Answer, AnswerState

RULES: Mapping[str, str] = {"negative_turns": "negative", "positive_turns": "positive"}


@dataclass(frozen=True)
class SaidMark:
    """A turn's `polarity` by its words, and the words."""

    polarity: str
    words: str


def said_marks(answers: Iterable[Answer]) -> dict[int, SaidMark]:
    """By turn, for at most as many turns as a rule quotes. An answer that nobody can tell marks nothing."""
    return {
        quote.turn: SaidMark(RULES[answer.criterion], quote.text)
        for answer in answers
        if answer.criterion in RULES and answer.state is AnswerState.ANSWERED
        for quote in answer.quotes
    }
