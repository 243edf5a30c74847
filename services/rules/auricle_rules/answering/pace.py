"""Rules on the pace of a call: how fast the agent speaks, who speaks over whom, how long the customer is kept waiting."""

from itertools import pairwise

from auricle_contracts import Channel, Quote, Role
from auricle_kit.intervals import Interval, length, shared, union
from auricle_languages import AnalysedTurn
from rapidfuzz import fuzz

from auricle_rules.answering.context import ConversationContext, Fact, not_applicable, quote_tokens, span, undetermined

HOLD_MS = 10_000  # shorter silences are looking something up
LEAST_SPEECH_MS = 3_000
REPEATED_RATIO = 70.0
LEAST_REPEATED_WORDS = 6
MOST_COMPARED, MOST_CHARS = 50, 1_000  # of a chat
NEAR_TURNS = 2


def speech_rate(context: ConversationContext) -> Fact:
    """Words a minute of the agent, over the agent's own speech."""
    own = [read for read in context.timed if read.turn.role is Role.AGENT]
    spoken = sum(end - start for start, end in map(span, own))
    if context.channel is not Channel.CALL or spoken < LEAST_SPEECH_MS:
        return not_applicable("too_little_speech")
    return Fact(round(sum(len(read.tokens) for read in own) * 60_000 / spoken))


def overlap(context: ConversationContext) -> Fact:
    """Seconds in which agent and customer speak at once."""
    if context.channel is not Channel.CALL or not context.timed:
        return not_applicable("no_recording")
    if context.roles_guessed:
        return undetermined("one_track")
    sides = [
        union(span(read) for read in context.timed if read.turn.role is role) for role in (Role.AGENT, Role.CUSTOMER)
    ]
    return Fact(round(shared(*sides) / 1000, 1))


def longest_silence(context: ConversationContext) -> Fact:
    """Seconds of the longest stretch between two turns in which nobody speaks."""
    speech = union(map(span, context.timed))
    if context.channel is not Channel.CALL or not speech:
        return not_applicable("no_recording")
    return Fact(round(max((two[0] - one[1] for one, two in pairwise(speech)), default=0) / 1000, 1))


def holds(context: ConversationContext) -> Fact:
    """How often the agent asked to wait and then nobody spoke for ten seconds or more."""
    if context.channel is not Channel.CALL or not context.timed:
        return not_applicable("no_recording")
    found = _holds(context)
    return Fact(len(found), tuple(_asking(read) for read, _ in found))


def hold_time(context: ConversationContext) -> Fact:
    """Seconds of those silences."""
    if context.channel is not Channel.CALL or not context.timed:
        return not_applicable("no_recording")
    found = _holds(context)
    return Fact(round(length([silence for _, silence in found]) / 1000, 1), tuple(_asking(read) for read, _ in found))


def _holds(context: ConversationContext) -> list[tuple[AnalysedTurn, Interval]]:
    """Each turn of the agent that asks to wait, with the silence behind it; a listener's "хорошо" may stand between."""
    found = []
    timed = context.timed
    for number, read in enumerate(timed):
        if read.turn.role is not Role.AGENT or not read.of("holds"):
            continue
        end = max(span(one)[1] for one in timed[max(0, number - NEAR_TURNS) : number + 1])
        silence = _silence_after(timed[number + 1 : number + 1 + NEAR_TURNS], end)
        if silence:
            found.append((read, silence))
    return found


def _silence_after(following: list[AnalysedTurn], end: int) -> Interval | None:
    for read in following:
        start, stop = span(read)
        if start - end >= HOLD_MS:
            return end, start
        if read.turn.role is Role.AGENT:
            return None
        end = max(end, stop)
    return None


def _asking(read: AnalysedTurn) -> Quote:
    hit = read.of("holds")[0]
    return quote_tokens(read, hit.first, hit.last)


def repeated_messages(context: ConversationContext) -> Fact:
    """How many of the agent's messages in a chat say nearly what an earlier one of them said."""
    if context.channel is Channel.CALL:
        return not_applicable("no_messages")
    own = [read for read in context.turns if read.turn.role is Role.AGENT and len(read.tokens) >= LEAST_REPEATED_WORDS][
        :MOST_COMPARED
    ]
    repeated = [read for number, read in enumerate(own) if any(_alike(read, past) for past in own[:number])]
    return Fact(len(repeated), tuple(quote_tokens(read, 0, len(read.tokens) - 1) for read in repeated))


def repeated_templates(context: ConversationContext) -> Fact:
    """How many of the agent's messages in a chat say nearly what one of an earlier conversation said; `reasoning` names those."""
    if context.channel is Channel.CALL or context.past is None:
        return not_applicable("no_messages")
    by_turn: dict[int, str] = {}
    for one in context.past:
        if one.turn not in by_turn and is_repeated(one.said, one.text):
            by_turn[one.turn] = one.conversation_id
    repeated = [read for read in context.turns if read.turn.id in by_turn and read.tokens]
    named = "; ".join(f"{read.turn.id}: {by_turn[read.turn.id]}" for read in repeated)
    return Fact(
        len(repeated), tuple(quote_tokens(read, 0, len(read.tokens) - 1) for read in repeated), reasoning=named or None
    )


def is_repeated(said: str, past: str) -> bool:
    """Whether seven tenths of the letters of both are alike, in order."""
    return fuzz.ratio(said[:MOST_CHARS], past[:MOST_CHARS], score_cutoff=REPEATED_RATIO) > 0


def _alike(one: AnalysedTurn, other: AnalysedTurn) -> bool:
    return is_repeated(one.turn.text, other.turn.text)
