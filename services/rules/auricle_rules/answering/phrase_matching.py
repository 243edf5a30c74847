"""Rules on phrases: said or not, how often, in pairs, in order. The phrases were found once for all rules; here they are chosen."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, groupby, pairwise

from auricle_contracts import Quote
from auricle_criteria.conditions import Order, Pair, Pairs, Phrases
from auricle_criteria.rules import Rule
from auricle_languages import AnalysedTurn, Hit, Language, PhraseBook

from auricle_rules.answering.context import ConversationContext, Fact, not_applicable, quote_tokens
from auricle_rules.answering.extractors import MAX_QUOTES, Evaluate, valued
from auricle_rules.answering.phraseindex import UNLESS, part

Found = tuple[AnalysedTurn, Hit]
MAX_TOLD = 20  # phrases in one value of the metadata
LONGEST_TOLD = 500


def phrases_rule(rule: Rule, look_for: Phrases) -> Evaluate:
    """Whether one of the phrases was said, or how often."""

    def evaluate(context: ConversationContext) -> Fact:
        if look_for.metadata is None:
            found = _counting_hits(context, rule)
        elif not (told := _told(context, look_for.metadata)):
            return not_applicable("not_told")
        else:
            found = _told_hits(told, context.of_rule(rule).values())
        quotes = [_quote(read, hit) for read, hit in found[:MAX_QUOTES]]
        return valued(context, rule, quotes, len(found) if look_for.answer == "count" else bool(found))

    return evaluate


def _quote(read: AnalysedTurn, hit: Hit) -> Quote:
    return quote_tokens(read, hit.first, hit.last)


def _labelled(context: ConversationContext, rule: Rule, label: str) -> list[tuple[int, Hit]]:
    """Hits of the label in the turns that the rule reads."""
    turns = context.of_rule(rule)
    return [(place, hit) for place, hit in context.phrases.get(label, ()) if place in turns]


def _counting_hits(context: ConversationContext, rule: Rule) -> list[Found]:
    """Hits of the rule that no `unless` covers; of overlapping ones the longest."""
    mine = _labelled(context, rule, rule.id)
    void = context.phrases.get(UNLESS + rule.id, ()) if mine else ()
    counting = _uncovered(mine, void) if void else mine
    return [(context.turns[place], hit) for place, hit in _longest(counting)]


def _uncovered(hits: Sequence[tuple[int, Hit]], void: Sequence[tuple[int, Hit]]) -> list[tuple[int, Hit]]:
    """Hits inside none of `void`. Both are in order of place, so the farthest end so far decides."""
    starts = [(place, hit.first) for place, hit in void]
    ends = list(accumulate(((place, hit.last) for place, hit in void), max))
    return [(place, hit) for place, hit in hits if not _is_covered(place, hit, starts, ends)]


def _is_covered(place: int, hit: Hit, starts: Sequence[tuple[int, int]], ends: Sequence[tuple[int, int]]) -> bool:
    before = bisect_right(starts, (place, hit.first)) - 1
    return before >= 0 and ends[before][0] == place and ends[before][1] >= hit.last


def _longest(hits: Iterable[tuple[int, Hit]]) -> list[tuple[int, Hit]]:
    kept: list[tuple[int, Hit]] = []
    for place, hit in sorted(hits, key=lambda one: (one[0], one[1].first, -one[1].last)):
        if not kept or kept[-1][0] != place or hit.first > kept[-1][1].last:
            kept.append((place, hit))
    return kept


def _told(context: ConversationContext, key: str) -> tuple[str, ...]:
    """The phrases that the caller told for this conversation."""
    value = context.metadata.get(key)
    given = str(value)[:LONGEST_TOLD].split(";") if isinstance(value, str) else []
    return tuple(phrase.strip() for phrase in given if phrase.strip())[:MAX_TOLD]


def _told_hits(told: Sequence[str], turns: Iterable[AnalysedTurn]) -> list[Found]:
    books: dict[Language, PhraseBook] = {}
    found: list[Found] = []
    for read in turns:
        if read.language not in books:
            books[read.language] = PhraseBook({"told": [one for one in read.language.phrases(told) if one]})
        found.extend((read, hit) for hit in books[read.language].find(read.lemmas))
    return found


def pairs_rule(rule: Rule, look_for: Pairs) -> Evaluate:
    """Whether both groups of a pair were said close to each other."""

    def evaluate(context: ConversationContext) -> Fact:
        quotes = [
            quote for place, pair in enumerate(look_for.pairs) for quote in _pair_quotes(context, rule, pair, 2 * place)
        ]
        return valued(context, rule, quotes, bool(quotes))

    return evaluate


def _pair_quotes(context: ConversationContext, rule: Rule, pair: Pair, place: int) -> list[Quote]:
    """From the one to the other, the nearest two of each turn."""
    firsts, seconds = (_by_turn(_labelled(context, rule, part(rule.id, place + one))) for one in (0, 1))
    quotes = []
    for turn in sorted(firsts.keys() & seconds.keys()):
        nearest = _nearest(firsts[turn], seconds[turn], ordered=pair.ordered)
        if nearest and nearest[0] <= pair.within:
            quotes.append(quote_tokens(context.turns[turn], nearest[1], nearest[2]))
    return quotes


def _by_turn(hits: Sequence[tuple[int, Hit]]) -> Mapping[int, list[Hit]]:
    return {place: [hit for _, hit in group] for place, group in groupby(hits, key=lambda one: one[0])}


def _nearest(firsts: Sequence[Hit], seconds: Sequence[Hit], *, ordered: bool) -> tuple[int, int, int] | None:
    """Words between, first token, last token of the two hits that stand closest. Linear: both lists are in order of place."""
    marked = sorted([(hit.first, hit.last, 0) for hit in firsts] + [(hit.first, hit.last, 1) for hit in seconds])
    near = [
        (max(0, two[0] - one[1] - 1), one[0], max(one[1], two[1]))
        for one, two in pairwise(marked)
        if one[2] != two[2] and (one[2] == 0 or not ordered) and (one[0], one[1]) != (two[0], two[1])
    ]
    return min(near, default=None)


def order_rule(rule: Rule, look_for: Order) -> Evaluate:
    """Whether the steps that were taken came in order; each is quoted where it was taken first."""

    def evaluate(context: ConversationContext) -> Fact:
        taken = [
            hits[0] for step in range(len(look_for.steps)) if (hits := _labelled(context, rule, part(rule.id, step)))
        ]
        if len(taken) < 2:
            return not_applicable("few_steps")
        in_order = all((one[0], one[1].first) <= (two[0], two[1].first) for one, two in pairwise(taken))
        return valued(context, rule, [_quote(context.turns[place], hit) for place, hit in taken], in_order)

    return evaluate
