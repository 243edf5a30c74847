"""A share of the conversations is read uncut too: what compression does to the answers is measured every day, not once.

The uncut reading is asked for, compared and forgotten: the evaluation rests on the digest, as every other one does.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from auricle_contracts import AnswerState, AnswerValue, Level, Transcript
from auricle_criteria import Prompt
from auricle_judging import PromptReply
from auricle_kit import log, metrics
from auricle_kit.errors import AuricleError

from auricle_scorer.llm_step import ModelAnswers, PromptContext, PromptLimits, PromptRunner

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

    runner: PromptRunner
    share: float

    def chooses(self, conversation_id: str) -> bool:
        """Whether this conversation is read twice."""
        return int(hashlib.sha256(conversation_id.encode()).hexdigest()[:8], 16) < self.share * 2**32

    async def compare(
        self,
        prompts: Sequence[Prompt],
        answers: ModelAnswers,
        transcript: Transcript,
        context: PromptContext,
        limits: PromptLimits,
    ) -> ModelAnswers | None:
        """Read uncut and count the differences; None where nothing was asked. Nothing that goes wrong here ends the evaluation."""
        if answers.unasked or answers.digest.level is Level.RAW or not self.chooses(transcript.conversation_id):
            return None
        uncut: ModelAnswers | None = None
        try:
            uncut = await self.runner.compress(transcript, context, Level.RAW)
            uncut = await self.runner.run(prompts, uncut, transcript, context, limits)
        except AuricleError as error:
            logger.warning("comparison_failed", code=error.code)
            return uncut
        if uncut.digest.level is Level.RAW:  # else it was too long for the context and cut after all
            for criterion in (criterion for prompt in prompts for criterion in prompt.serves):
                _count(criterion, values(answers.replies, criterion), values(uncut.replies, criterion))
        return uncut


def values(replies: Sequence[PromptReply], criterion: str) -> tuple[AnswerValue, ...]:
    """What was answered with evidence, window by window."""
    answers = [reply.answers[criterion] for reply in replies if criterion in reply.answers]
    return tuple(answer.value for answer in answers if answer.state is AnswerState.ANSWERED)


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
