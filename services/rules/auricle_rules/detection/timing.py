"""Classes that the clock of a call tells: silence, waiting, speaking over each other."""

from collections.abc import Iterator
from itertools import pairwise

from auricle_contracts import Quote, Role
from auricle_languages import AnalysedTurn
from auricle_languages.dictionary import is_first_person

from auricle_rules.answering.clock import is_sound
from auricle_rules.answering.context import span
from auricle_rules.detection.detector import Detector
from auricle_rules.detection.marks import Dialogue, Marks, quotes_of, turns_of
from auricle_rules.detection.verdict import NO_OPPORTUNITY, Verdict, found, undetermined

DEAD_AIR_MS = 10_000
LEAST_HOLD_MS = 8_000
LONG_HOLD_MS = 60_000
FEWEST_BREAKING_WORDS = 3
_SAYS_NOTHING = frozenset({"понимаю", "вижу", "слышу", "думаю", "знаю", "могу", "хочу", "понял", "прошу"})
OVERLAP_MS = 700
SHOWN_TOKENS = 12


def _silences(dialogue: Dialogue, least_ms: int) -> Iterator[tuple[int, int]]:
    """Places of neighbours in time with so many ms of silence between them."""
    timed = [place for place, read in enumerate(dialogue.turns) if _is_timed(read)]
    for one, other in pairwise(timed):
        if span(dialogue.turns[other])[0] - span(dialogue.turns[one])[1] >= least_ms:
            yield one, other


def _is_timed(read: AnalysedTurn) -> bool:
    return read.turn.start_ms is not None and read.turn.end_ms is not None


def dead_air(_: Detector, marks: Marks, dialogue: Dialogue) -> Verdict:
    """A long silence that the agent did not announce and the customer did not ask for."""
    silences = list(_silences(dialogue, DEAD_AIR_MS))
    asked = turns_of(marks["asks"], dialogue)
    if not silences:
        if dialogue.context.timed:
            return NO_OPPORTUNITY
        return found(_agent_before(dialogue, turn) for turn in sorted(asked)) if asked else NO_OPPORTUNITY
    announced = turns_of(marks["announced"], dialogue) | {
        turn for turn in dialogue.of(Role.AGENT) if _is_at_work(dialogue.turns[turn])
    }
    return found(_shown(dialogue, one) for one, other in silences if _is_agents(dialogue, one, other, announced, asked))


def _is_agents(dialogue: Dialogue, one: int, other: int, announced: set[int], asked: set[int]) -> bool:
    """Whether the silence between two turns is the agent's, and nobody was told of it."""
    last = dialogue.near(one + 1, Role.AGENT, -1)
    told = one in announced or (last in announced and last is not None and last >= one - 1)
    if dialogue.turns[one].turn.role is Role.AGENT and "?" in dialogue.turns[one].turn.text and other not in asked:
        return False  # the customer owed the answer
    owed = dialogue.turns[other].turn.role is Role.AGENT or other in asked
    return owed and not told


def _is_at_work(read: AnalysedTurn) -> bool:
    """Whether the agent says what he is doing: "вношу данные"."""
    return any(token.norm not in _SAYS_NOTHING and is_first_person(token.norm) for token in read.tokens)


def _agent_before(dialogue: Dialogue, turn: int) -> Quote:
    place = dialogue.near(turn, Role.AGENT, -1)
    return _shown(dialogue, turn if place is None else place)


def _shown(dialogue: Dialogue, turn: int) -> Quote:
    return dialogue.whole(turn, SHOWN_TOKENS)


def hold_time(_: Detector, marks: Marks, dialogue: Dialogue) -> Verdict:
    """A wait that the agent asked for and that lasted too long, by the clock or by the customer's words."""
    asking = turns_of(marks["asks_to_wait"], dialogue)
    told = list(quotes_of(marks["told_long"], dialogue))
    if not asking and not told:
        return NO_OPPORTUNITY
    held = [_shown(dialogue, turn) for turn in sorted(asking) if _kept_ms(dialogue, turn) >= LONG_HOLD_MS]
    return found([*held, *told])


def _kept_ms(dialogue: Dialogue, turn: int) -> int:
    """How long nothing came from the agent behind this turn."""
    following = dialogue.near(turn, Role.AGENT, 1)
    if following is None or not (_is_timed(dialogue.turns[turn]) and _is_timed(dialogue.turns[following])):
        return 0
    return span(dialogue.turns[following])[0] - span(dialogue.turns[turn])[1]


def hold_unasked(_: Detector, marks: Marks, dialogue: Dialogue) -> Verdict:
    """A wait that the agent ordered: neither a question nor a time nor a consent, and then silence or a customer who wonders."""
    ordered = {quote.turn: quote for quote in quotes_of(marks["orders"], dialogue)}
    if not ordered and not turns_of(marks["waits"], dialogue):
        return NO_OPPORTUNITY
    wondered = turns_of(marks["wonders"], dialogue)
    silent = {one for one, _ in _silences(dialogue, LEAST_HOLD_MS)}
    return found(
        quote
        for turn, read in enumerate(dialogue.turns)
        for quote in [ordered.get(read.turn.id)]
        if quote and (turn in silent or turn + 1 in wondered or turn + 1 in silent)
    )


def interrupting(_: Detector, marks: Marks, dialogue: Dialogue) -> Verdict:
    """The agent began while the customer spoke, with more than a sound, and both went on; or the customer says so."""
    if dialogue.context.roles_guessed:
        return undetermined("one_track")
    protested = [
        quote for turn in sorted(turns_of(marks["protests"], dialogue)) for quote in [_agent_before(dialogue, turn)]
    ]
    invited = turns_of(marks["invites"], dialogue)
    if invited:
        return found([])
    return found([*_breaks(dialogue), *protested])


def _breaks(dialogue: Dialogue) -> Iterator[Quote]:
    timed = [place for place, read in enumerate(dialogue.turns) if _is_timed(read)]
    customers = [
        place
        for place in timed
        if dialogue.turns[place].turn.role is Role.CUSTOMER and not is_sound(dialogue.turns[place])
    ]
    for place in timed:
        read = dialogue.turns[place]
        says_something = len(read.tokens) >= FEWEST_BREAKING_WORDS and not is_sound(read)
        if read.turn.role is Role.AGENT and says_something and any(_overlaps(dialogue, read, one) for one in customers):
            yield _shown(dialogue, place)


def _overlaps(dialogue: Dialogue, read: AnalysedTurn, customer: int) -> bool:
    begin, end = span(read)
    start, stop = span(dialogue.turns[customer])
    return start < begin and min(stop, end) - begin > OVERLAP_MS
