"""Classes that the clock tells: silence, waiting and speaking over each other in a call, a late answer in writing."""

from collections.abc import Iterator
from itertools import pairwise

from auricle_contracts import Channel, Quote, Role
from auricle_criteria.detectors import Detector
from auricle_languages import AnalysedTurn
from auricle_languages.dictionary import is_first_person, is_polite_order

from auricle_rules.answering.clock import is_sound
from auricle_rules.answering.context import span
from auricle_rules.detection.marks import Dialogue, Marks, quotes_of, turns_of
from auricle_rules.detection.verdict import NO_OPPORTUNITY, Verdict, found, undetermined

LEAST_HOLD_MS = 8_000
FEWEST_BREAKING_WORDS = 3
_SAYS_NOTHING = frozenset({"понимаю", "вижу", "слышу", "думаю", "знаю", "могу", "хочу", "понял", "прошу"})
_HOLDS = frozenset(
    {"ставлю", "поставлю", "перевожу", "переведу", "вешаю", "повешу", "кладу", "отойду", "вернусь", "приду"}
)
MOST_ORDER_WORDS, PLAIN_HOLD_MS = 4, 30_000
_CALLS = frozenset(
    {"здравствуйте", "извините", "простите", "смотрите", "слушайте", "говорите", "скажите", "понимаете", "пожалуйста"}
)
_LISTENS = frozenset(
    "да так угу ага понимаю понял поняла понятно вас конечно хорошо слушаю вижу верно ясно ну мхм ой "
    "right yes yeah okay ok sure i see mm hm mhm uh huh got it of course go on".split()
)
SHOWN_TOKENS = 12


def _silences(dialogue: Dialogue, least_ms: int) -> Iterator[tuple[int, int]]:
    """Places of neighbours in time with so many ms of silence between them."""
    timed = [place for place, read in enumerate(dialogue.turns) if _is_timed(read)]
    for one, other in pairwise(timed):
        if span(dialogue.turns[other])[0] - span(dialogue.turns[one])[1] >= least_ms:
            yield one, other


def _is_timed(read: AnalysedTurn) -> bool:
    return read.turn.start_ms is not None and read.turn.end_ms is not None


def dead_air(detector: Detector, marks: Marks, dialogue: Dialogue) -> Verdict:
    """A long silence that the agent did not announce and the customer did not ask for; a wait that was ordered is another class."""
    silences = list(_silences(dialogue, detector.limits["silence_ms"]))
    asked = turns_of(marks["asks"], dialogue) - {*dialogue.of(Role.CUSTOMER)[:1]}  # the first "hello" is a greeting
    if not silences:
        if dialogue.context.timed:
            return NO_OPPORTUNITY
        return found(_agent_before(dialogue, turn) for turn in sorted(asked)) if asked else NO_OPPORTUNITY
    announced = turns_of(marks["announced"], dialogue) | {
        turn for turn in dialogue.of(Role.AGENT) if _is_at_work(dialogue.turns[turn]) or _is_plain_order(dialogue, turn)
    }
    return found(
        _shown(dialogue, other if dialogue.turns[other].turn.role is Role.AGENT else one)
        for one, other in silences
        if _is_agents(dialogue, one, other, announced, asked)
    )


def _is_agents(dialogue: Dialogue, one: int, other: int, announced: set[int], asked: set[int]) -> bool:
    """Whether the silence between two turns is the agent's, and nobody was told of it."""
    last = dialogue.near(one + 1, Role.AGENT, -1)
    told = one in announced or (last in announced and last is not None and last >= one - 1)
    if dialogue.turns[one].turn.role is Role.AGENT and "?" in dialogue.turns[one].turn.text and other not in asked:
        return False  # the customer owed the answer
    owed = dialogue.turns[other].turn.role is Role.AGENT or other in asked
    return owed and not told


def _is_plain_order(dialogue: Dialogue, turn: int) -> bool:
    """Whether a few words of the agent order something, and a long silence and the agent follow: a wait, whatever the words."""
    read = dialogue.turns[turn]
    if turn + 1 >= len(dialogue.turns) or len(read.tokens) > MOST_ORDER_WORDS or "?" in read.turn.text:
        return False
    if not any(is_polite_order(token.norm) and token.norm not in _CALLS for token in read.tokens):
        return False
    following = dialogue.turns[turn + 1]
    if following.turn.role is not Role.AGENT or not (_is_timed(read) and _is_timed(following)):
        return False
    return span(following)[0] - span(read)[1] >= PLAIN_HOLD_MS


def _is_at_work(read: AnalysedTurn) -> bool:
    """Whether the agent says what he is doing: "вношу данные"."""
    return any(token.norm not in _SAYS_NOTHING | _HOLDS and is_first_person(token.norm) for token in read.tokens)


def _agent_before(dialogue: Dialogue, turn: int) -> Quote:
    place = dialogue.near(turn, Role.AGENT, -1)
    return _shown(dialogue, turn if place is None else place)


def _shown(dialogue: Dialogue, turn: int) -> Quote:
    return dialogue.whole(turn, SHOWN_TOKENS)


def hold_time(detector: Detector, marks: Marks, dialogue: Dialogue) -> Verdict:
    """A wait that the agent asked for or ordered and that lasted too long, by the clock or by the customer's words behind it."""
    asking = turns_of(marks["asks_to_wait"], dialogue) | {
        turn for turn in dialogue.of(Role.AGENT) if _is_plain_order(dialogue, turn)
    }
    if not asking:
        return NO_OPPORTUNITY
    waiting = {dialogue.turns[turn].turn.id for turn in dialogue.of(Role.CUSTOMER) if turn > min(asking)}
    told = [quote for quote in quotes_of(marks["told_long"], dialogue) if quote.turn in waiting]
    least = detector.limits["hold_ms"]
    held = [_shown(dialogue, turn) for turn in sorted(asking) if _kept_ms(dialogue, turn) >= least]
    return found([*held, *told])


def _kept_ms(dialogue: Dialogue, turn: int) -> int:
    """The longest silence behind this turn until the agent speaks again; the customer's own words are none."""
    following = dialogue.near(turn, Role.AGENT, 1)
    if following is None:
        return 0
    places = range(turn, following + 1)
    pairs = [
        (one, other)
        for one, other in pairwise(places)
        if _is_timed(dialogue.turns[one]) and _is_timed(dialogue.turns[other])
    ]
    return max((span(dialogue.turns[other])[0] - span(dialogue.turns[one])[1] for one, other in pairs), default=0)


def hold_unasked(_: Detector, marks: Marks, dialogue: Dialogue) -> Verdict:
    """A wait that the agent ordered: neither a question nor a time nor a consent, and then silence or a customer who wonders."""
    ordered = {quote.turn: quote for quote in quotes_of(marks["orders"], dialogue)}
    plain = {turn for turn in dialogue.of(Role.AGENT) if _is_plain_order(dialogue, turn)}
    if not ordered and not plain and not turns_of(marks["waits"], dialogue):
        return NO_OPPORTUNITY
    wondered = turns_of(marks["wonders"], dialogue)
    agreed = turns_of(marks["agrees"], dialogue)
    silent = {one for one, _ in _silences(dialogue, LEAST_HOLD_MS)}
    left = turns_of(marks["leaves"], dialogue)
    waits_on = min(turns_of(marks["waits_on"], dialogue), default=len(dialogue.turns))  # from there on he agreed
    quotes = []
    for turn, read in enumerate(dialogue.turns):
        quote = ordered.get(read.turn.id) or (_shown(dialogue, turn) if turn in plain else None)
        told = len(read.tokens) > MOST_ORDER_WORDS - (turn + 1 in agreed) and (turn + 1 in agreed or _is_at_work(read))
        if (
            quote
            and not told
            and turn <= waits_on
            and left.isdisjoint((turn - 1, turn + 1))
            and (turn in silent or turn + 1 in wondered or turn + 1 in silent)
        ):
            quotes.append(quote)
    return found(quotes)


def slow_reply(detector: Detector, marks: Marks, dialogue: Dialogue) -> Verdict:
    """Answers of the agent that came late, without a word of when they would; without times what the customer says of it."""
    least = detector.limits["email_ms" if dialogue.context.channel is Channel.EMAIL else "chat_ms"]
    told = turns_of(marks["told_when"], dialogue)
    late, waits, patient, hours = (
        turns_of(marks[name], dialogue) for name in ("told_late", "waits", "patient", "hours")
    )
    late |= waits - {*dialogue.of(Role.CUSTOMER)[:1]}  # what he waits for before he wrote is no answer
    if not any(_is_timed(read) for read in dialogue.turns):
        answers = (dialogue.near(turn, Role.AGENT, 1) for turn in sorted(late))
        return found(_shown(dialogue, turn) for turn in answers if turn is not None) if late else NO_OPPORTUNITY
    return found(
        _shown(dialogue, turn)
        for turn in dialogue.of(Role.AGENT)
        for asked in [_waiting_since(dialogue, turn)]
        if asked is not None
        and _lasted_ms(dialogue, asked, turn) >= least
        and turn not in hours
        and told.isdisjoint(_before_the_wait(dialogue, asked, turn))
        and patient.isdisjoint(one for one in dialogue.of(Role.CUSTOMER) if asked <= one < turn)
    )


def _before_the_wait(dialogue: Dialogue, asked: int, turn: int) -> Iterator[int]:
    """The agent's turn before the customer's, and what machines say around the wait."""
    before = dialogue.near(asked, Role.AGENT, -1)
    if before is not None:
        yield before
    yield from (one for role in (Role.BOT, Role.IVR) for one in dialogue.of(role) if asked - 1 <= one < turn)


def _waiting_since(dialogue: Dialogue, turn: int) -> int | None:
    """The first turn of the customer behind the agent's last one; None where nobody waits for this turn."""
    before = dialogue.near(turn, Role.AGENT, -1)
    return next((one for one in dialogue.of(Role.CUSTOMER) if (before is None or one > before) and one < turn), None)


def _lasted_ms(dialogue: Dialogue, one: int, other: int) -> int:
    first, second = dialogue.turns[one], dialogue.turns[other]
    return span(second)[0] - span(first)[1] if _is_timed(first) and _is_timed(second) else 0


def interrupting(detector: Detector, marks: Marks, dialogue: Dialogue) -> Verdict:
    """The agent began while the customer spoke, with more than a sound, and both went on; or the customer says so."""
    if dialogue.context.roles_guessed:
        return undetermined("one_track")
    protested = [
        quote for turn in sorted(turns_of(marks["protests"], dialogue)) for quote in [_agent_before(dialogue, turn)]
    ]
    invited = turns_of(marks["invites"], dialogue)
    if invited:
        return found([])
    return found([*_breaks(dialogue, detector.limits["overlap_ms"]), *protested])


def _breaks(dialogue: Dialogue, least_ms: int) -> Iterator[Quote]:
    timed = [place for place, read in enumerate(dialogue.turns) if _is_timed(read)]
    customers = [
        place
        for place in timed
        if dialogue.turns[place].turn.role is Role.CUSTOMER and not is_sound(dialogue.turns[place])
    ]
    for place in timed:
        read = dialogue.turns[place]
        says_something = len(read.tokens) >= FEWEST_BREAKING_WORDS and not is_sound(read) and not _only_listens(read)
        if (
            read.turn.role is Role.AGENT
            and says_something
            and any(_overlaps(dialogue, read, one) > least_ms for one in customers)
        ):
            yield _shown(dialogue, place)


def _only_listens(read: AnalysedTurn) -> bool:
    """Whether all its words only show that somebody listens."""
    return all(token.norm in _LISTENS for token in read.tokens)


def _overlaps(dialogue: Dialogue, read: AnalysedTurn, customer: int) -> int:
    """Ms in which both speak, where the customer began."""
    begin, end = span(read)
    start, stop = span(dialogue.turns[customer])
    return min(stop, end) - begin if start < begin else 0
