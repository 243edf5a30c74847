"""Who is the agent, where only the words can tell: mono recordings, and tracks that nobody has named.

Each utterance gets evidence from cues (data: phrases of greeting, self-introduction and script on one side, of asking and
complaining on the other). A chain with two hidden states then reads them as a conversation: speakers tend to alternate, so that a bare
"yes" takes its side from its neighbours. The confidence is the chain's posterior. Nothing here is trained; where the evidence is
thin the answer is `unknown`, and criteria on the agent become `undetermined`. Where the sound tells two voices apart (`voices`), the
evidence is summed over each voice instead.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from auricle_contracts import Direction, Role
from numpy.typing import NDArray

from auricle_asr.speech.phrases import normalised

CAP = 4.0  # log odds that one utterance may contribute: no phrase decides alone
SWITCH_AFTER_PAUSE, SWITCH_WITHOUT = 0.75, 0.5
LONG_PAUSE_MS = 300
AGENT_FIRST = {Direction.INBOUND: 0.75, Direction.OUTBOUND: 0.35}
TALK_WEIGHT = 4.0
SUREST = 0.99  # a guess stays a guess: 1.0 is for those whom the call itself has named


@dataclass(frozen=True)
class Cue:
    """A phrase, and its log odds for the agent (negative: for the customer). A trailing * matches any ending of the last word."""

    phrase: str
    weight: float


class CueBook:
    """The cues as one regular expression over normalised text; longer phrases win over those inside them."""

    def __init__(self, cues: Iterable[Cue]) -> None:
        self._weights = {normalised(cue.phrase): cue.weight for cue in cues if not cue.phrase.endswith("*")}
        self._stems = {normalised(cue.phrase): cue.weight for cue in cues if cue.phrase.endswith("*")}
        whole = [(phrase, rf"{re.escape(phrase)}\b") for phrase in self._weights]
        stems = [(phrase, rf"{re.escape(phrase)}\w*") for phrase in self._stems]
        ordered = sorted(whole + stems, key=lambda one: -len(one[0]))
        self._pattern = re.compile(r"\b(?:" + "|".join(pattern for _, pattern in ordered) + ")") if ordered else None

    @classmethod
    def of(cls, tables: Mapping[str, Mapping[str, Sequence[str]]]) -> "CueBook":
        """From the data file: side → weight → phrases."""
        sign = {"agent": 1.0, "customer": -1.0}
        return cls(
            [
                Cue(phrase, sign[side] * float(weight))
                for side, weights in tables.items()
                for weight, phrases in weights.items()
                for phrase in phrases
            ]
        )

    def evidence(self, text: str) -> float:
        """Log odds for the agent, within ±4."""
        found = self._pattern.findall(normalised(text)) if self._pattern else []
        return float(np.clip(sum(self._weight(match) for match in found), -CAP, CAP))

    def _weight(self, match: str) -> float:
        if match in self._weights:
            return self._weights[match]
        return next(
            weight for stem, weight in sorted(self._stems.items(), key=lambda s: -len(s[0])) if match.startswith(stem)
        )


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
    if not np.any(evidence):
        return [RoleGuess(Role.UNKNOWN, 0.5) for _ in said]
    agent = posterior(evidence, switches, AGENT_FIRST[direction])
    return [_guess(float(probability), threshold) for probability in agent]


def of_voices(
    texts: Sequence[str], first: Sequence[float], cues: CueBook, direction: Direction, threshold: float
) -> list[RoleGuess]:
    """As `of_utterances`, where the sound told two voices apart: P(first voice) of each utterance, from `voices`.

    All that a voice says counts for all of its utterances, so that one introduction names every "yes" of the same voice.
    """
    evidence = [cues.evidence(text) for text in texts]
    if not any(evidence):
        return [RoleGuess(Role.UNKNOWN, 0.5) for _ in texts]
    opening = float(np.log(AGENT_FIRST[direction] / (1 - AGENT_FIRST[direction]))) * (2 * first[0] - 1)
    odds = opening + _talk(texts, first)
    odds += sum(found * (2 * chance - 1) for found, chance in zip(evidence, first, strict=True))
    agent = 1 / (1 + float(np.exp(-np.clip(odds, -20, 20))))
    return [_guess(chance * agent + (1 - chance) * (1 - agent), threshold) for chance in first]


def _talk(texts: Sequence[str], first: Sequence[float]) -> float:
    """Agents talk more than customers: at most one unit of log odds for the voice with more words."""
    counts = np.array([len(text.split()) for text in texts], float)
    share = float(np.average(first, weights=counts)) if counts.sum() else 0.5
    return float(np.clip(TALK_WEIGHT * (share - 0.5), -1, 1))


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
