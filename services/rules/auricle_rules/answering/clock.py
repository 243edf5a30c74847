"""Rules on times and counts. Times are ms from the start of the recording; values are seconds or per cent."""

from collections import Counter
from collections.abc import Callable, Sequence

from auricle_contracts import Channel, Role
from auricle_criteria.conditions import MeasureName
from auricle_kit.intervals import Interval, length, union
from auricle_languages import AnalysedTurn
from auricle_languages.mixing import letters, switches

from auricle_rules.answering import pace
from auricle_rules.answering.context import ConversationContext, Fact, not_applicable, quote_tokens, span, undetermined

OVERLAP_MS = 500  # people begin up to half a second early without interrupting
INTERRUPTING_TOKENS = 5  # how much of the interrupting turn is quoted


def duration(context: ConversationContext) -> Fact:
    """Seconds of the recording, or from the first to the last timed turn of a text."""
    whole = context.transcript.duration_ms
    if whole is None and context.timed:
        spans = [span(read) for read in context.timed]
        whole = max(end for _, end in spans) - min(start for start, _ in spans)
    return not_applicable("no_times") if whole is None else Fact(round(whole / 1000, 1))


def language_mix(context: ConversationContext) -> Fact:
    """Share of letters by language, told turn by turn, largest first: "ru 96%, en 4%"."""
    counts: Counter[str] = sum(map(letters, context.spoken), Counter())
    whole = sum(counts.values())
    if not whole:
        return not_applicable("no_words")
    shares = sorted(((count / whole, name) for name, count in counts.items()), reverse=True)
    return Fact(", ".join(f"{name} {share:.0%}" for share, name in shares))


def mixed_turns(context: ConversationContext) -> Fact:
    """How many turns are spoken in two languages and more."""
    worded = [one for one in context.turns if any(token.kind == "word" for token in one.tokens)]
    if not worded:
        return not_applicable("no_words")
    found = [
        one
        for one, spoken in zip(context.turns, context.spoken, strict=True)
        if switches(spoken, context.languages) and one.tokens
    ]
    return Fact(len(found), tuple(quote_tokens(one, 0, len(one.tokens) - 1) for one in found))


def talk_share(context: ConversationContext) -> Fact:
    """The agent's part of all speech of agent and customer, in per cent."""
    speech = {role: length(union(span(read) for read in context.timed if read.turn.role is role)) for role in _TWO}
    whole = sum(speech.values())
    return Fact(round(100 * speech[Role.AGENT] / whole)) if whole else not_applicable("no_times")


def silence_share(context: ConversationContext) -> Fact:
    """The part of the recording in which nobody speaks, in per cent."""
    whole = context.transcript.duration_ms
    if context.channel is not Channel.CALL or not whole:
        return not_applicable("no_recording")
    speech = length(union(span(read) for read in context.timed))
    return Fact(round(100 * max(0, whole - speech) / whole))


def longest_monologue(context: ConversationContext) -> Fact:
    """Seconds of the longest stretch of one speaker; a listener's "угу" does not end it."""
    best, speaker = 0, None
    start: int | None = None
    who: str | None = None
    for read in context.timed:
        begin, end = span(read)
        if read.turn.participant == who and start is not None:
            stretch = end - start
        elif who is not None and is_sound(read):
            continue
        else:
            who, start, stretch = read.turn.participant, begin, end - begin
        if stretch > best:
            best, speaker = stretch, who
    return Fact(round(best / 1000, 1), participant=speaker) if speaker else not_applicable("no_times")


def interruptions(context: ConversationContext) -> Fact:
    """How often the agent began to speak while the customer was speaking and went on for more than half a second."""
    if context.channel is not Channel.CALL or not context.timed:
        return not_applicable("no_recording")
    if context.roles_guessed:
        return undetermined("one_track")
    customer = union(span(read) for read in context.timed if read.turn.role is Role.CUSTOMER and not is_sound(read))
    found = [read for read in context.timed if read.turn.role is Role.AGENT and _breaks_in(read, customer)]
    quotes = tuple(quote_tokens(read, 0, min(len(read.tokens), INTERRUPTING_TOKENS) - 1) for read in found)
    return Fact(len(found), quotes, participant=found[0].turn.participant if found else None)


def response_time(context: ConversationContext) -> Fact:
    """Mean seconds that a customer of a chat or e-mail waited for the agent."""
    waits = _waits(context)
    return Fact(round(sum(waits) / len(waits) / 1000, 1)) if waits else not_applicable("no_times")


def first_response(context: ConversationContext) -> Fact:
    """Seconds that the customer waited for the first word."""
    waits = _waits(context)
    return Fact(round(waits[0] / 1000, 1)) if waits else not_applicable("no_times")


_TWO = (Role.AGENT, Role.CUSTOMER)
MEASURES: dict[MeasureName, Callable[[ConversationContext], Fact]] = {
    "duration": duration,
    "language_mix": language_mix,
    "mixed_turns": mixed_turns,
    "talk_share": talk_share,
    "silence_share": silence_share,
    "longest_monologue": longest_monologue,
    "interruptions": interruptions,
    "response_time": response_time,
    "first_response": first_response,
    "speech_rate": pace.speech_rate,
    "overlap": pace.overlap,
    "holds": pace.holds,
    "hold_time": pace.hold_time,
    "longest_silence": pace.longest_silence,
    "repeated_messages": pace.repeated_messages,
    "repeated_templates": pace.repeated_templates,
}
NEEDS_ROLES: frozenset[MeasureName] = frozenset({
    "talk_share", "interruptions", "response_time", "first_response", "speech_rate", "overlap", "holds", "hold_time", "repeated_messages",
    "repeated_templates",
})  # fmt: skip


def is_sound(read: AnalysedTurn) -> bool:
    """Nothing but a listener's sound."""
    return read.covered_by("backchannels", "fillers") == frozenset(range(len(read.tokens)))


def _breaks_in(read: AnalysedTurn, customer: Sequence[Interval]) -> bool:
    begin, end = span(read)
    return not is_sound(read) and any(start < begin and min(stop, end) - begin > OVERLAP_MS for start, stop in customer)


def _waits(context: ConversationContext) -> list[int]:
    """From the first unanswered message of the customer to the agent's next, in ms."""
    if context.channel is Channel.CALL:
        return []
    waits: list[int] = []
    since: int | None = None
    for read in context.turns:
        at = read.turn.start_ms
        if at is None:
            continue
        if read.turn.role is Role.CUSTOMER and since is None:
            since = at
        elif read.turn.role is Role.AGENT and since is not None:
            waits.append(max(0, at - since))
            since = None
    return waits
