"""Rules on the sentiment of words: how many turns are negative or positive, and whether that changed by the end.

A turn counts by its own words alone; its quote is the phrase that says most of it.
"""

from collections.abc import Sequence

from auricle_contracts import Quote
from auricle_criteria.conditions import SentimentTurns
from auricle_criteria.rules import Rule
from auricle_languages import AnalysedTurn, Sentiment

from auricle_rules.answering.context import ConversationContext, Fact, not_applicable, quote_tokens
from auricle_rules.answering.extractors import Evaluate, valued

FEWEST_OF_A_THIRD = 2


def sentiment_rule(rule: Rule, look_for: SentimentTurns) -> Evaluate:
    """Counts the turns of a polarity, or says their share in per cent, or how many points the last third has more than the first."""

    def evaluate(context: ConversationContext) -> Fact:
        turns = context.of_rule(rule)
        third = len(turns) // 3
        if look_for.answer == "share" and not turns:
            return not_applicable("no_words")
        if look_for.answer == "shift" and third < FEWEST_OF_A_THIRD:
            return not_applicable("too_few_turns")
        found = [_quote(read, context.sentiment_of(place), look_for) for place, read in turns.items()]
        quotes = [quote for quote in found if quote]
        if look_for.answer == "count":
            return valued(context, rule, quotes, len(quotes))
        value = _share(found) if look_for.answer == "share" else _share(found[-third:]) - _share(found[:third])
        return valued(context, rule, quotes, round(value))

    return evaluate


def _quote(read: AnalysedTurn, said: Sentiment, look_for: SentimentTurns) -> Quote | None:
    if said.strongest is None or said.polarity != look_for.polarity:
        return None
    return quote_tokens(read, said.strongest.first, said.strongest.last)


def _share(found: Sequence[Quote | None]) -> float:
    """In per cent."""
    return 100 * sum(quote is not None for quote in found) / len(found)
