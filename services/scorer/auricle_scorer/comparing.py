"""A share of the conversations is read uncut too: what compression does to the answers is measured every day, not once.

The uncut reading is asked for, compared and forgotten: the evaluation rests on the digest, as every other one does.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from auricle_contracts import AnswerState, AnswerValue, Level, Transcript
from auricle_criteria import Prompt
from auricle_judging import Reply
from auricle_kit import log, metrics
from auricle_kit.errors import AuricleError

from auricle_scorer.reading import Question, Reader, Reading, ReadingLimits

logger = log.get("scorer.comparing")
DRIFT = metrics.histogram(
    "auricle_compression_drift_points",
    "Points (0-100) between the answer read from the digest and the one read uncut; another choice is 100.",
    ("criterion",),
    buckets=(0.0, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0),
)
ONE_SIDED = metrics.counter(
    "auricle_compression_drift_one_sided", "Criteria answered from one of the two readings only.", ("criterion", "side")
)


@dataclass(frozen=True)
class Comparison:
    """`share` (0-1) of the conversations, chosen by a hash of their id, so that a second attempt chooses the same."""

    reader: Reader
    share: float

    def chooses(self, conversation_id: str) -> bool:
        """Whether this conversation is read twice."""
        return int(hashlib.sha256(conversation_id.encode()).hexdigest()[:8], 16) < self.share * 2**32

    async def compare(
        self,
        prompts: Sequence[Prompt],
        reading: Reading,
        transcript: Transcript,
        question: Question,
        limits: ReadingLimits,
    ) -> None:
        """Read uncut and count the differences. Nothing that goes wrong here ends the evaluation."""
        if reading.unasked or reading.digest.level is Level.RAW or not self.chooses(transcript.conversation_id):
            return
        try:
            uncut = await self.reader.compress(transcript, question, Level.RAW)
            for prompt in prompts:
                uncut = await self.reader.read(prompt, uncut, transcript, question, limits)
        except AuricleError as error:
            logger.warning("comparison_failed", code=error.code)
            return
        if uncut.digest.level is not Level.RAW:  # too long for the context: it was cut after all
            return
        for prompt in prompts:
            for criterion in prompt.serves:
                _count(criterion, values(reading.replies, criterion), values(uncut.replies, criterion))


def values(replies: Sequence[Reply], criterion: str) -> tuple[AnswerValue, ...]:
    """What was answered with evidence, window by window."""
    opinions = [reply.opinions[criterion] for reply in replies if criterion in reply.opinions]
    return tuple(opinion.value for opinion in opinions if opinion.state is AnswerState.ANSWERED)


def points(digest: Sequence[AnswerValue], uncut: Sequence[AnswerValue]) -> float:
    """The distance of the means of scores; of choices, 0 or 100 by the last one."""
    numbers = [[float(one) for one in side if isinstance(one, int | float)] for side in (digest, uncut)]
    if all(numbers):
        return abs(fmean(numbers[0]) - fmean(numbers[1]))
    return 0.0 if digest[-1] == uncut[-1] else 100.0


def _count(criterion: str, digest: Sequence[AnswerValue], uncut: Sequence[AnswerValue]) -> None:
    if digest and uncut:
        DRIFT.labels(criterion).observe(points(digest, uncut))
    elif digest or uncut:
        ONE_SIDED.labels(criterion, "digest" if digest else "uncut").inc()
