"""Rules on numbers and patterns: amounts, dates, phones, references, regular expressions. Every find is a quote."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

import re2
from auricle_contracts import AnswerValue, Quote, Span, Turn
from auricle_criteria.conditions import Amounts, Mentions, Pattern
from auricle_criteria.errors import BadArtefact
from auricle_criteria.rules import Rule
from auricle_judging.quoting import quote_at
from auricle_languages import Amount, AnalysedTurn
from auricle_languages.amount import PART, PERCENT
from auricle_languages.dates import Moment
from auricle_languages.references import Reference

from auricle_rules.answering.context import ConversationContext, Fact, not_applicable, quote_tokens, quotes_confidence

MAX_QUOTES = 50
PATTERN_MEMORY_BYTES = 4 << 20
PERIOD_OF_INSTALMENTS = "month"
Evaluate = Callable[[ConversationContext], Fact]
Place = tuple[Turn, int, int]  # a turn and the code points [start, end) of its text
Named = tuple[Turn, int, int, str]  # the same and what it means


def amounts_rule(rule: Rule, look_for: Amounts) -> Evaluate:
    """Counts amounts, or says what share of them is of `who`."""

    def evaluate(context: ConversationContext) -> Fact:
        found = _amounts(context.of_rule(rule).values(), look_for)
        quotes = [quote_tokens(read, amount.first, amount.last) for read, amount in found[:MAX_QUOTES]]
        values = ", ".join(_written(amount) for _, amount in found[:MAX_QUOTES])
        if look_for.answer == "count":
            return valued(context, rule, quotes, len(found), values or None)
        whole = len(_amounts(context.turns, look_for))
        if not whole:
            return not_applicable("no_amounts")
        return valued(context, rule, quotes, round(100 * len(found) / whole), values or None)

    return evaluate


def _amounts(turns: Iterable[AnalysedTurn], look_for: Amounts) -> list[tuple[AnalysedTurn, Amount]]:
    return [(read, amount) for read in turns for amount in read.amounts if _wanted(read, amount, look_for)]


def _wanted(read: AnalysedTurn, amount: Amount, look_for: Amounts) -> bool:
    if (amount.unit == PERCENT) != (look_for.units == "percent"):
        return False
    return look_for.units != "instalments" or _is_instalment(read, amount)


def _is_instalment(read: AnalysedTurn, amount: Amount) -> bool:
    """One of several payments; or a monthly sum where the same turn talks of paying in parts."""
    monthly = amount.per == PERIOD_OF_INSTALMENTS and not read.language.loans.isdisjoint(read.lemmas)
    return amount.per == PART or monthly


def _written(amount: Amount) -> str:
    value = amount.value.quantize(Decimal(1)) if amount.value % 1 == 0 else amount.value
    written = f"{value}%" if amount.unit == PERCENT else f"{value} {amount.unit}".rstrip()
    return f"{written}/{amount.per}" if amount.per else written


def mentions_rule(rule: Rule, look_for: Mentions) -> Evaluate:
    """Counts dates, phones or references."""
    found = {"dates": _dates, "phones": _phones, "references": _references}[look_for.of]

    def evaluate(context: ConversationContext) -> Fact:
        named = found(context, rule)
        values = ", ".join(value for _, _, _, value in named[:MAX_QUOTES])
        return counted(context, rule, [(turn, start, end) for turn, start, end, _ in named], values or None)

    return evaluate


def _dates(context: ConversationContext, rule: Rule) -> list[Named]:
    return [_named(read, one, one.value) for read in context.of_rule(rule).values() for one in read.dates]


def _references(context: ConversationContext, rule: Rule) -> list[Named]:
    return [_named(read, one, one.digits) for read in context.of_rule(rule).values() for one in read.references]


def _named(read: AnalysedTurn, one: Moment | Reference, value: str) -> Named:
    return read.turn, read.tokens[one.first].start, read.tokens[one.last].end, value


def _phones(context: ConversationContext, rule: Rule) -> list[Named]:
    """The number itself stays out of the reasoning: a quote is masked on its way out, a reasoning is not."""
    turns, found = context.of_rule(rule), []
    for hit in context.phones:
        place = hit.places[0]
        read = turns.get(context.numeric[place.line])
        if read:
            found.append((read.turn, place.start, place.end, f"…{hit.value[-2:]}"))
    return found


def pattern_rule(rule: Rule, look_for: Pattern) -> Evaluate:
    """Counts matches, in time linear in the text whatever the pattern. Raises `BadArtefact` for one that re2 refuses."""
    compiled = _compiled(rule.id, look_for.pattern)

    def evaluate(context: ConversationContext) -> Fact:
        places = [
            (read.turn, match.start(), match.end())
            for read in context.of_rule(rule).values()
            for match in compiled.finditer(read.turn.text)
            if match.end() > match.start()
        ]
        return counted(context, rule, places, None)

    return evaluate


def _compiled(rule: str, pattern: str) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = PATTERN_MEMORY_BYTES
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        raise BadArtefact(f"rule {rule}: re2 refuses the pattern: {error}") from None


def counted(context: ConversationContext, rule: Rule, places: Sequence[Place], reasoning: str | None) -> Fact:
    """How many there were; only those that are shown become quotes."""
    quotes = [quote_at(turn, Span(start=start, end=end)) for turn, start, end in places[:MAX_QUOTES]]
    return valued(context, rule, quotes, len(places), reasoning)


def valued(
    context: ConversationContext, rule: Rule, quotes: Sequence[Quote], value: AnswerValue, reasoning: str | None = None
) -> Fact:
    """A value on these quotes; without one it rests on all that the rule's turns let hear."""
    if not context.happened(rule):
        return not_applicable("no_event")
    turns = context.of_rule(rule).values()
    confidence = quotes_confidence(quotes, turns) if quotes else context.confidence(turns)
    return Fact(value, tuple(quotes[:MAX_QUOTES]), confidence, reasoning=reasoning)
