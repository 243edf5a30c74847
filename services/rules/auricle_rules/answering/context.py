"""A conversation read once for all rules, and the small result that a rule makes of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from auricle_contracts import (
    AnswerState,
    AnswerValue,
    Channel,
    MetadataValue,
    PastMessage,
    Quote,
    Role,
    RulesRequest,
    Span,
    Transcript,
)
from auricle_contracts.masking import PersonalKind
from auricle_criteria.rules import Rule, Where
from auricle_judging.quoting import heard_confidence, quote_at
from auricle_kit.intervals import Interval
from auricle_languages import AnalysedTurn, Hit, Languages, Number, Sentiment, analyse_turns, sentiment
from auricle_languages.mixing import spoken_words
from auricle_languages.numerals import MOST_NUMBERS
from auricle_masking import Detector
from auricle_masking import Hit as MaskedHit

from auricle_rules.answering.phraseindex import PhraseIndex

CONVERSING = frozenset({Role.AGENT, Role.CUSTOMER})
FEWEST_DIGITS = 4  # of a piece of a phone
DICTATION_GAP = 5


@dataclass(frozen=True)
class Fact:
    """What a rule found. `why` is a word for a state other than answered; `confidence` is how surely the words were heard."""

    value: AnswerValue = None
    quotes: tuple[Quote, ...] = ()
    confidence: float | None = None
    state: AnswerState = AnswerState.ANSWERED
    why: str | None = None
    reasoning: str | None = None
    participant: str | None = None


def not_applicable(why: str) -> Fact:
    """There was no occasion."""
    return Fact(state=AnswerState.NOT_APPLICABLE, why=why)


def undetermined(why: str) -> Fact:
    """Nobody can tell from this transcript; a person should look."""
    return Fact(state=AnswerState.UNDETERMINED, why=why)


@dataclass(frozen=True)
class ConversationContext:
    """The transcript, its turns as read, and the hits of the rules' phrases by label, each with the place of its turn in `turns`."""

    transcript: Transcript
    channel: Channel
    turns: tuple[AnalysedTurn, ...]
    languages: Languages
    phrases: Mapping[str, Sequence[tuple[int, Hit]]]
    metadata: Mapping[str, MetadataValue]
    detector: Detector
    past: tuple[PastMessage, ...] | None = None

    @classmethod
    def of(
        cls, request: RulesRequest, languages: Languages, index: PhraseIndex, detector: Detector
    ) -> "ConversationContext":
        """Read every turn, and find the phrases of every rule in it."""
        turns = analyse_turns(request.transcript, languages)
        phrases = index.find(turns)
        return cls(
            request.transcript, request.channel, turns, languages, phrases, request.metadata, detector, request.past
        )

    @cached_property
    def roles_known(self) -> bool:
        """Whether it is known who is the agent: false when turns have text but none an agent's or customer's role."""
        return not self.turns or any(read.turn.role in CONVERSING for read in self.turns)

    @cached_property
    def roles_guessed(self) -> bool:
        """Whether roles come from the text of a mono recording: then turns never overlap, whatever happened."""
        return any(read.turn.role_confidence < 1 or read.turn.role is Role.UNKNOWN for read in self.turns)

    @cached_property
    def spoken(self) -> tuple[dict[str, list[str]], ...]:
        """The words of each turn by language."""
        return tuple(spoken_words(read.turn.text, self.languages) for read in self.turns)

    @cached_property
    def timed(self) -> list[AnalysedTurn]:
        """Turns that have both times."""
        return [read for read in self.turns if read.turn.start_ms is not None and read.turn.end_ms is not None]

    @cached_property
    def phones(self) -> tuple[MaskedHit, ...]:
        """Phone numbers, as masking finds them; places name turns by their place in `numeric`."""
        turns = [self.turns[place].turn for place in self.numeric]
        return self.detector.find(turns, (PersonalKind.PHONE,), declared=self.transcript.language).hits

    @cached_property
    def numeric(self) -> list[int]:
        """Places of turns that may hold a phone, each with the one before it, which may have asked for it.

        A turn of `MOST_NUMBERS` is a loop of the speech engine or an attack, and searching it for phones costs most of its time.
        """
        found = {place for place, read in enumerate(self.turns) if read.numbers and _may_hold_phone(read)}
        return sorted(found | {place - 1 for place in found if place})

    def sentiment_of(self, place: int) -> Sentiment:
        """What the words of the turn at this place say; found once for all rules."""
        if place not in self._sentiments:
            self._sentiments[place] = sentiment(self.turns[place])
        return self._sentiments[place]

    @cached_property
    def _sentiments(self) -> dict[int, Sentiment]:
        return {}

    def of_rule(self, rule: Rule) -> Mapping[int, AnalysedTurn]:
        """The turns that this rule reads, by their place."""
        key = (rule.who, rule.where)
        if key not in self._chosen:
            self._chosen[key] = self._choose(rule.who, rule.where)
        return self._chosen[key]

    @cached_property
    def _chosen(self) -> dict[tuple[tuple[Role, ...], Where], Mapping[int, AnalysedTurn]]:
        return {}

    def _choose(self, who: tuple[Role, ...], where: Where) -> Mapping[int, AnalysedTurn]:
        said = [
            (place, read) for place, read in enumerate(self.turns) if read.tokens and (not who or read.turn.role in who)
        ]
        if where.after:
            event = self.phrases.get(where.after)
            said = [(place, read) for place, read in said if event and place > event[0][0]]
        return dict(_within(said, where))

    def happened(self, rule: Rule) -> bool:
        """Whether there was the event after which the rule looks."""
        return rule.where.after is None or bool(self.phrases.get(rule.where.after))

    def confidence(self, turns: Iterable[AnalysedTurn]) -> float | None:
        """Mean of the turns' own confidences; None where nothing was heard by an engine."""
        known = [read.turn.confidence for read in turns if read.turn.confidence is not None]
        return sum(known) / len(known) if known else None


def _may_hold_phone(read: AnalysedTurn) -> bool:
    """Whether four digits and more stand near each other, of numbers without a scale; a phone may be dictated over several turns."""
    if len(read.numbers) >= MOST_NUMBERS:
        return False
    digits, last = 0, -DICTATION_GAP
    for number in read.numbers:
        if number.scaled:
            digits = 0
            continue
        digits = digits * (number.first - last <= DICTATION_GAP) + _digits(read, number)
        last = number.last
        if digits >= FEWEST_DIGITS:
            return True
    return False


def _digits(read: AnalysedTurn, number: Number) -> int:
    token = read.tokens[number.first]
    return len(token.text) if token.kind == "number" else len(str(int(number.value)))


def _within(turns: list[tuple[int, AnalysedTurn]], where: Where) -> list[tuple[int, AnalysedTurn]]:
    if where.first:
        turns = turns[: where.first]
    return turns[-where.last :] if where.last else turns


def span(read: AnalysedTurn) -> Interval:
    """Start and end of a timed turn, in ms; an end before its start is no length."""
    start = read.turn.start_ms or 0
    return start, max(start, read.turn.end_ms or 0)


def quote_tokens(read: AnalysedTurn, first: int, last: int) -> Quote:
    """The words from token `first` to `last` inclusive as evidence."""
    return quote_at(read.turn, Span(start=read.tokens[first].start, end=read.tokens[last].end))


def quotes_confidence(quotes: Sequence[Quote], turns: Iterable[AnalysedTurn]) -> float | None:
    """The mean over the quotes of how surely their words were heard, lowered by how surely the speaker is known."""
    by_id = {read.turn.id: read.turn for read in turns}
    heard = [(heard_confidence(by_id[quote.turn], quote.span), by_id[quote.turn].role_confidence) for quote in quotes]
    known = [confidence * role for confidence, role in heard if confidence is not None]
    return sum(known) / len(known) if known else None
