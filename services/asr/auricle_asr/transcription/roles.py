"""Who is the agent, where only the words can tell: mono recordings, and tracks that nobody has named.

Each utterance gets evidence from cues (data: phrases of greeting, self-introduction and script on one side, of asking and
complaining on the other). A chain with two hidden states then reads them as a conversation: speakers tend to alternate, so that a bare
"yes" takes its side from its neighbours. The confidence is the chain's posterior. Nothing here is trained; where the evidence is
thin the answer is `unknown`, and criteria on the agent become `undetermined`. Where enough was heard for the sound to tell voices apart,
`speakers` tells roles by words and sound together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from auricle_contracts import Direction, Role
from numpy.typing import NDArray

from auricle_asr.transcription.cues import CueBook
from auricle_asr.transcription.speakers import AGENT_FIRST, LEAST_EVIDENCE

SWITCH_AFTER_PAUSE, SWITCH_WITHOUT = 0.75, 0.5
LONG_PAUSE_MS = 300
SUREST = 0.99  # a guess stays a guess: 1.0 is for those whom the call itself has named


@dataclass(frozen=True)
class Said:
    """What the guess looks at: a text, and the pause before it."""

    text: str
    pause_ms: int


@dataclass(frozen=True)
class RoleGuess:
    """`confidence` is that of `role`; an unknown one keeps the doubt that made it so."""

    role: Role
    confidence: float


def of_utterances(said: Sequence[Said], cues: CueBook, direction: Direction, threshold: float) -> list[RoleGuess]:
    """A role for each utterance of a mono recording."""
    if not said:
        return []
    evidence = np.array([cues.evidence(one.text) for one in said])
    switches = [SWITCH_AFTER_PAUSE if one.pause_ms >= LONG_PAUSE_MS else SWITCH_WITHOUT for one in said]
    if np.abs(evidence).sum() < LEAST_EVIDENCE:
        return [RoleGuess(Role.UNKNOWN, 0.5) for _ in said]
    agent = posterior(evidence, switches, AGENT_FIRST[direction])
    return [_guess(float(probability), threshold) for probability in agent]


def of_chances(chances: Sequence[Sequence[float]], threshold: float, machine: Role = Role.IVR) -> list[RoleGuess]:
    """A role for each utterance of which `speakers` gave the chances of agent, customer and machine."""
    roles = (Role.AGENT, Role.CUSTOMER, machine)
    return [_likeliest(dict(zip(roles, mine, strict=True)), threshold) for mine in chances]


def _likeliest(chances: Mapping[Role, float], threshold: float) -> RoleGuess:
    role = max(chances, key=lambda one: chances[one])
    confidence = round(min(SUREST, float(chances[role])), 4)
    return RoleGuess(role if confidence >= threshold else Role.UNKNOWN, confidence)


def of_tracks(texts: Sequence[Sequence[str]], cues: CueBook, threshold: float) -> list[RoleGuess]:
    """A role for each of two tracks that nobody has named: all that is said on one against all on the other."""
    sums = [sum(cues.evidence(text) for text in said) for said in texts]
    odds = float(np.clip(sums[0] - sums[1], -20, 20)) if len(sums) == 2 else 0.0
    first = 1 / (1 + float(np.exp(-odds)))
    return [_guess(chance, threshold) for chance in (first, 1 - first)[: len(texts)]]


def posterior(evidence: NDArray[np.float64], switches: Sequence[float], agent_first: float) -> NDArray[np.float64]:
    """P(agent) of each utterance by forward-backward over two states. `switches[n]` is P(another speaker than n-1)."""
    likely = np.stack([np.exp(evidence / 2), np.exp(-evidence / 2)], axis=1)
    count = len(evidence)
    forward, backward = np.empty((count, 2)), np.ones((count, 2))
    forward[0] = likely[0] * (agent_first, 1 - agent_first)
    for number in range(1, count):
        forward[number] = _normal(likely[number] * (forward[number - 1] @ _change(switches[number])))
    for number in range(count - 2, -1, -1):
        backward[number] = _normal(_change(switches[number + 1]) @ (likely[number + 1] * backward[number + 1]))
    both = forward * backward
    agent: NDArray[np.float64] = both[:, 0] / both.sum(axis=1)
    return agent


def _change(switch: float) -> NDArray[np.float64]:
    return np.array([[1 - switch, switch], [switch, 1 - switch]])


def _normal(values: NDArray[np.float64]) -> NDArray[np.float64]:
    scaled: NDArray[np.float64] = values / values.sum()
    return scaled


def _guess(agent: float, threshold: float) -> RoleGuess:
    confidence = min(SUREST, max(agent, 1 - agent))
    if confidence < threshold:
        return RoleGuess(Role.UNKNOWN, round(confidence, 4))
    return RoleGuess(Role.AGENT if agent >= 0.5 else Role.CUSTOMER, round(confidence, 4))
