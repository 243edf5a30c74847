"""Who speaks each word of a mono recording: agent, customer or machine, by what is said, by the sound of voices and by pauses together.

Six states: agent, customer and machine, and the same three after a second agent has taken over, which nobody comes back from. Whether
there is a machine and a second agent, and where, and whether one person alone was recorded, are hypotheses; each is fitted from several
beginnings (the text, pitch, the widest direction of the sound) and counts by its likelihood. So roles that fit the text as well the
other way round stay uncertain.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
from auricle_contracts import Direction, Word
from numpy.typing import NDArray

from auricle_asr.transcription import chain, utterances
from auricle_asr.transcription.chain import Array, Fitted, Heard, Hypotheses
from auricle_asr.transcription.cues import CueBook, Phrases, Sides

AGENT, CUSTOMER, MACHINE = range(3)
ROLES = np.array([AGENT, CUSTOMER, MACHINE] * 2)
VOICES = np.array([0, 1, 2, 3, 1, 2])  # the second agent's is a new one, the others' are as before
FIRST, SECOND = slice(0, 3), slice(3, 6)
AGENT_FIRST = {Direction.INBOUND: 0.75, Direction.OUTBOUND: 0.35}
MACHINE_FIRST = 0.3
TO_MACHINE, AGENT_AFTER_MACHINE = 0.15, 3.0  # beside 1 for the other one of the two people
HANDED_OVER = 0.01
TEXT_WEIGHT = 2.0
SECOND_AGENT_COST, MACHINE_COST = 6.0, 3.0
ALONE_CREDIT = (
    0.6  # a word: two voices fitted to one gain 0.2 to 0.5, two people's as a rule more (2026-11-30, 14 calls)
)
ALONE_SILENCES_MS = (
    1200,
    1800,
)  # median silence between utterances from which one side alone is thought of, and believed
VOICEMAIL_EVIDENCE = 4.0
TALK_WEIGHT = 4.0  # agents talk more: at most one unit of log odds
MACHINE_EVIDENCE, MACHINE_UTTERANCE = 2.0, 1.0
BOT_EVIDENCE = 2.0
TRACK_EVIDENCE = 4.0  # on a track that the call says is somebody's: at least one phrase that only machines say
HANDOVERS = (0.15, 0.35, 0.5, 0.65, 0.85)
MOST_WORDS = 4000  # of a recording whose handovers are looked for
LEAST_WORDS = 12
LEAST_EVIDENCE = 1.0  # log odds of all words: below it the words of a call speak for nobody


@dataclass(frozen=True)
class Speakers:
    """(N, 3) chances of agent, customer and machine; `voices[n]` numbers the speaker of word n; `second[n]`: the chance of a second agent.

    `apart`: the distance of agent and customer in standard deviations of a word. `is_bot`: the machine talks with people.
    """

    roles: Array
    voices: NDArray[np.int64]
    second: Array
    apart: float
    is_bot: bool


def tell(
    words: Sequence[Word], vectors: Array, seconds: Array, changes: Array, cues: CueBook, direction: Direction
) -> Speakers | None:
    """Who speaks, or None where too little was heard or nothing that was said speaks for a role."""
    if np.count_nonzero(seconds) < LEAST_WORDS:
        return None
    sides, machines, bots = (_by_word(words, phrases) for phrases in (cues.sides, cues.machines, cues.bots))
    if np.abs(sides).sum() < LEAST_EVIDENCE and not machines.any():
        return None
    heard = Heard(vectors, seconds, _text(sides, machines), changes)
    first, is_machine = _beginnings(heard, direction), _machine_words(words, machines)
    plans = _plans(
        len(words), has_machine=bool(machines.sum() >= MACHINE_EVIDENCE),
        alone=ALONE_CREDIT * np.count_nonzero(~is_machine) * _may_be_alone(words, cues),
    )  # fmt: skip
    hypotheses, posteriors = _hypotheses(plans, first, is_machine, direction)
    fitted = chain.fit(heard, hypotheses, posteriors)
    return _mixture(fitted, plans * len(first), is_bot=bool(bots.sum() >= BOT_EVIDENCE))


@dataclass(frozen=True)
class Machines:
    """(N,) chances that a machine says the words of a track that is somebody's. `is_bot` as in `Speakers`."""

    chances: Array
    is_bot: bool


def machines_on_track(
    words: Sequence[Word], vectors: Array, seconds: Array, changes: Array, cues: CueBook
) -> Machines | None:
    """What a machine says before or beside the person whose track it is; None where no words are a machine's."""
    machines, bots = (_by_word(words, phrases) for phrases in (cues.machines, cues.bots))
    if machines.sum() < TRACK_EVIDENCE:
        return None
    heard = Heard(vectors, seconds, np.stack([np.zeros(len(words)), machines], axis=1), changes)
    exists = np.array([[True, False], [True, True]])
    starts = np.array([[1.0, 0.0], [1 - MACHINE_FIRST, MACHINE_FIRST]])
    following = np.array([np.eye(2), [[1 - MACHINE_FIRST, MACHINE_FIRST], [0.5, 0.5]]])
    is_machine = _machine_words(words, machines).astype(float)
    begun = np.stack([np.eye(2)[np.zeros(len(words), int)], np.stack([1 - is_machine, is_machine], axis=1)])
    fitted = chain.fit(heard, Hypotheses(starts, following, exists, np.arange(2)), begun)
    none, some = fitted.likelihoods - [0.0, MACHINE_COST]
    chances: Array = fitted.posteriors[1, :, 1] / (1 + np.exp(np.clip(none - some, -50, 50)))
    return Machines(chances, is_bot=bool(bots.sum() >= BOT_EVIDENCE))


@dataclass(frozen=True)
class _Plan:
    """Whether there is a machine, at which share of the words a second agent is first looked for, and which person is alone.

    `credit`: log likelihood for what speaks for one person.
    """

    machine: bool
    handover: float | None = None
    alone: int | None = None
    credit: float = 0.0

    @property
    def cost(self) -> float:
        return MACHINE_COST * self.machine + SECOND_AGENT_COST * (self.handover is not None) - self.credit


def _plans(words: int, *, has_machine: bool, alone: float) -> list[_Plan]:
    handovers = (None, *HANDOVERS) if words <= MOST_WORDS else (None,)
    machines = (False, True) if has_machine else (False,)
    people = [_Plan(machine, place) for machine in machines for place in handovers]
    lonely = [_Plan(machine, None, role, alone) for machine in machines for role in (AGENT, CUSTOMER)]
    return [*people, *lonely] if alone else people


def _may_be_alone(words: Sequence[Word], cues: CueBook) -> float:
    """0 to 1: whether the other side may be missing, by silences as long as another's turns, or by an answering machine."""
    if _by_word(words, cues.voicemails).sum() >= VOICEMAIL_EVIDENCE:
        return 1.0
    silences = [after.start_ms - before.end_ms for before, after in pairwise(utterances.of_one_track(words))]
    long = [silence for silence in silences if silence >= utterances.MONO_PAUSE_MS]
    return float(np.interp(np.median(long), ALONE_SILENCES_MS, (0.0, 1.0))) if long else 0.0


def _by_word(words: Sequence[Word], evidence: Phrases | Sides) -> Array:
    found = [evidence.by_word(one.words) for one in utterances.of_one_track(words)]
    return np.concatenate(found) if found else np.zeros(0)


def _text(sides: Array, machines: Array) -> Array:
    """(N, 6) log likelihoods."""
    of_roles = np.stack([TEXT_WEIGHT * sides / 2, -TEXT_WEIGHT * sides / 2, machines], axis=1)
    return of_roles[:, ROLES]


def _machine_words(words: Sequence[Word], machines: Array) -> NDArray[np.bool_]:
    """The words of utterances that speak for a machine."""
    ends = [0, *accumulate(len(one.words) for one in utterances.of_one_track(words))]
    spoken = [(start, end, machines[start:end].sum() >= MACHINE_UTTERANCE) for start, end in pairwise(ends)]
    return np.concatenate([np.full(end - start, is_machine) for start, end, is_machine in spoken])


def _beginnings(heard: Heard, direction: Direction) -> list[Array]:
    """(N,) first guesses at P(agent): by the text alone, and by pitch and the widest direction of the sound, either way round."""
    following, exists = _following(_Plan(machine=False))
    text = np.where(exists, heard.text, chain.IMPOSSIBLE)[None]
    _, told = chain.forward_backward(
        text, heard.changes, following[None], _starts(_Plan(machine=False), direction)[None]
    )
    pitch = heard.vectors[:, -1]
    widest = np.linalg.svd(heard.vectors * np.sqrt(heard.seconds)[:, None], full_matrices=False)[2][0]
    along = heard.vectors @ widest
    guesses = (told[0, :, AGENT] + 1e-6 * pitch, pitch, -pitch, along, -along)
    return [np.where(guess > np.median(guess), 0.9, 0.1) for guess in guesses]


def _hypotheses(
    plans: Sequence[_Plan], first: Sequence[Array], is_machine: NDArray[np.bool_], direction: Direction
) -> tuple[Hypotheses, Array]:
    """Each plan from each beginning."""
    tables = [_following(plan) for plan in plans]
    following, exists = (np.stack([table[part] for table in tables] * len(first)) for part in (0, 1))
    starts = np.stack([_starts(plan, direction) for plan in plans] * len(first))
    posteriors = np.stack([_posterior(plan, agent, is_machine) for agent in first for plan in plans])
    return Hypotheses(starts, following, exists.astype(bool), VOICES), posteriors


def _starts(plan: _Plan, direction: Direction) -> Array:
    agent = AGENT_FIRST[direction] if plan.alone is None else 1.0 - plan.alone
    return np.array([agent, 1 - agent, MACHINE_FIRST if plan.machine else 0.0, 0.0, 0.0, 0.0])


def _following(plan: _Plan) -> tuple[Array, Array]:
    """(6, 6) chances of the next state where the speaker changes, and (6,) which states exist."""
    second = plan.handover is not None
    exists = np.array(
        [plan.alone != CUSTOMER, plan.alone != AGENT, plan.machine, second, second, plan.machine and second]
    )
    people = np.array([[0, 1, TO_MACHINE], [1, 0, TO_MACHINE], [AGENT_AFTER_MACHINE, 1, 0]])
    weights = np.zeros((6, 6))
    weights[FIRST, FIRST] = weights[SECOND, SECOND] = people
    weights[FIRST, SECOND] = HANDED_OVER * np.array([1, 0, TO_MACHINE])
    weights *= exists[:, None] & exists[None, :]
    chances: Array = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
    return chances, exists


def _posterior(plan: _Plan, agent: Array, is_machine: NDArray[np.bool_]) -> Array:
    agent = agent if plan.alone is None else np.full(len(agent), 1.0 - plan.alone)
    posterior = np.stack([agent, 1 - agent, *np.zeros((4, len(agent)))], axis=1)
    if plan.machine:
        posterior[is_machine] = np.eye(6)[MACHINE]
    if plan.handover is not None:
        taken_over = int(len(agent) * plan.handover)
        posterior[taken_over:, SECOND] = posterior[taken_over:, FIRST]
        posterior[taken_over:, FIRST] = 0.0
    return posterior


def _mixture(fitted: Fitted, plans: Sequence[_Plan], *, is_bot: bool) -> Speakers:
    """All hypotheses by their likelihoods; the voices are those of the likeliest."""
    of_role = [fitted.posteriors[:, :, role == ROLES].sum(axis=2) for role in range(3)]
    talk = [chances.sum(axis=1) for chances in of_role]
    share = talk[AGENT] / np.maximum(talk[AGENT] + talk[CUSTOMER], 1e-9)
    both_talk = np.array([plan.alone is None for plan in plans])
    scores = (
        fitted.likelihoods + both_talk * np.clip(TALK_WEIGHT * (share - 0.5), -1, 1) - [plan.cost for plan in plans]
    )
    weights = np.exp(scores - scores.max()) * _distinct(scores, plans)
    weights = weights / weights.sum()
    best = int(np.argmax(scores))
    whose = np.eye(int(VOICES.max()) + 1)[VOICES]
    return Speakers(
        roles=np.stack([weights @ chances for chances in of_role], axis=1),
        voices=np.asarray((fitted.posteriors[best] @ whose).argmax(axis=1), np.int64),
        second=np.asarray(weights @ fitted.posteriors[:, :, 3], np.float64),
        apart=_apart(fitted, best),
        is_bot=is_bot,
    )


def _distinct(scores: Array, plans: Sequence[_Plan]) -> Array:
    """1 for the first of hypotheses that came to the same end, 0 for the others."""
    seen: set[tuple[float, bool, bool, int | None]] = set()
    kept = np.zeros(len(scores))
    for number in np.argsort(-scores, kind="stable"):
        plan = plans[number]
        end = (round(float(scores[number]), 1), plan.machine, plan.handover is not None, plan.alone)
        kept[number] = end not in seen
        seen.add(end)
    return kept


def _apart(fitted: Fitted, best: int) -> float:
    """Of the customer's voice and the nearest agent's that was heard."""
    agents = [voice for voice in (0, 3) if fitted.seconds[best, voice] > 1.0] or [0]
    return min(float(np.linalg.norm(fitted.means[best, voice] - fitted.means[best, 1])) for voice in agents)
