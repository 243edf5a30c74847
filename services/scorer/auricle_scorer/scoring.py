"""One conversation from transcript to evaluation: compressor and rules beside each other, then the model, then the judgement."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from auricle_contracts import (
    Channel,
    Digest,
    Direction,
    Evaluation,
    Level,
    Meaning,
    MetadataValue,
    PastMessage,
    RulesReply,
    RulesRequest,
    Transcript,
    Usage,
)
from auricle_criteria import Prompt, Scorecard
from auricle_judging import Reply
from auricle_judging.calibration import Calibration
from auricle_kit import log, metrics, tracing
from auricle_kit.metering import current_job
from auricle_masking import Mask

from auricle_scorer import judgement, usages
from auricle_scorer.comparing import Comparison
from auricle_scorer.judgement import Case, Doubt
from auricle_scorer.neighbours import Neighbours
from auricle_scorer.reading import Question, Reader, Reading, ReadingLimits

logger = log.get("scorer.scoring")
ANSWERS = metrics.counter("auricle_scorer_answers", "Answers by layer and state.", ("layer", "state"))
DROPPED = metrics.counter("auricle_scorer_dropped_quotes", "Quotes of the model that nobody said.")
REPAIRS = metrics.counter(
    "auricle_scorer_repairs", "Replies of the model that had to be asked for again.", ("outcome",)
)
LOW_CONFIDENCE = "low_confidence"
UNCALIBRATED = "confidence_uncalibrated"


@dataclass(frozen=True)
class Subject:
    """What is known about the conversation beside its transcript."""

    transcript: Transcript
    channel: Channel
    direction: Direction
    line: str | None
    metadata: Mapping[str, MetadataValue]
    mask: Mask | None = None
    meaning: Meaning = Meaning.EXTRACTIVE
    deepest: Level = Level.HARD
    past: tuple[PastMessage, ...] | None = None

    @property
    def shown(self) -> Transcript:
        """What compressor and model may see of it."""
        return self.mask.transcript if self.mask else self.transcript

    @property
    def facts(self) -> dict[str, MetadataValue]:
        """What the metadata layer copies: the caller's own keys, and what every conversation has."""
        return {**self.metadata, "channel": self.channel.value, "direction": self.direction.value, "line": self.line}


@dataclass(frozen=True)
class Served:
    """The model as its server describes it now."""

    name: str
    device: str
    demo_weights: bool
    context: int


@dataclass(frozen=True)
class Scored:
    """An evaluation to be written, with the digest that the model read (None: nothing was said) and the ledger's entries."""

    evaluation: Evaluation
    digest: Digest | None
    usages: tuple[Usage, ...]


@dataclass(frozen=True)
class Scorer:
    """The flow of one scorecard."""

    scorecard: Scorecard
    prompts: tuple[Prompt, ...]
    neighbours: Neighbours
    reader: Reader
    doubt: Doubt
    max_windows: int
    shots: int | None
    comparison: Comparison
    calibration: Calibration | None = None

    async def score(self, subject: Subject, served: Served, *, recipe: str, flags: tuple[str, ...] = ()) -> Scored:
        """Raises the errors of servers that do not answer; whatever is in the transcript ends in an evaluation."""
        (rules, rules_seconds), reading = await asyncio.gather(self._rules(subject), self._read(subject, served))
        case = Case(
            self.scorecard, subject.transcript, subject.facts, rules, reading.replies if reading else (), self.doubt,
            unasked=reading.unasked if reading else "no_words",
        )  # fmt: skip
        evaluation = _evaluation(case, served, reading, recipe, (*subject.transcript.flags, *flags))
        _count(evaluation, reading)
        used = [usages.of_cpu("rules", rules_seconds), *_usages(reading, served)]
        return Scored(evaluation, reading.digest if reading else None, tuple(used))

    async def _rules(self, subject: Subject) -> tuple[RulesReply, float]:
        request = RulesRequest(
            transcript=subject.transcript, channel=subject.channel, direction=subject.direction,
            metadata=dict(subject.metadata), past=subject.past,
        )  # fmt: skip
        with tracing.span("rules"):
            return await self.neighbours.rules(request)

    async def _read(self, subject: Subject, served: Served) -> Reading | None:
        """None where there is nothing to read; the digest alone where the transcript is not to be believed."""
        if judgement.is_empty(subject.transcript):
            return None
        question = Question(
            subject.channel, self.scorecard.protect, self.scorecard.choices, subject.meaning, subject.deepest
        )
        with tracing.span("compressor"):
            reading = await self.reader.compress(subject.shown, question)
        if LOW_CONFIDENCE in subject.transcript.flags:
            return replace(reading, unasked="heard_badly")
        limits = ReadingLimits(served.context, self.max_windows, self.shots)
        for prompt in self.prompts:
            if reading.unasked is None:
                with tracing.span("model", prompt=prompt.pin):
                    reading = await self.reader.read(prompt, reading, subject.shown, question, limits)
        await self.comparison.compare(self.prompts, reading, subject.shown, question, limits)
        reading = self._calibrated(reading, served)
        return _restored(reading, subject.mask) if subject.mask else reading

    def _calibrated(self, reading: Reading, served: Served) -> Reading:
        """With confidences that labels bear out, or with a flag that says that nothing does."""
        pins = tuple(prompt.pin for prompt in self.prompts)
        if self.calibration is None or not self.calibration.holds_for(served.name, served.demo_weights, pins):
            return replace(reading, flags=(*reading.flags, UNCALIBRATED))
        return replace(reading, replies=tuple(map(self.calibration.of_reply, reading.replies)))


def _restored(reading: Reading, mask: Mask) -> Reading:
    """The same replies with their quotes in the original transcript: its words, spans and ms."""

    def restored(reply: Reply) -> Reply:
        opinions = {
            name: replace(opinion, quotes=tuple(map(mask.restored, opinion.quotes)))
            for name, opinion in reply.opinions.items()
        }
        return replace(reply, opinions=opinions)

    return replace(reading, replies=tuple(map(restored, reading.replies)))


def _evaluation(case: Case, served: Served, reading: Reading | None, recipe: str, flags: tuple[str, ...]) -> Evaluation:
    """Id, `current` and the time are the database's; what stands here is a placeholder that it ignores."""
    replies = reading.replies if reading else ()
    dropped = sum(opinion.dropped_quotes for reply in replies for opinion in reply.opinions.values())
    return Evaluation(
        id="", conversation_id=case.transcript.conversation_id, revision=case.transcript.revision, recipe=recipe,
        current=False, answers=judgement.answers(case), findings=case.rules.findings,
        summary=next((reply.reasoning for reply in reversed(replies) if reply.reasoning), None),
        dropped_quotes=dropped, flags=tuple(dict.fromkeys((*flags, *(reading.flags if reading else ())))),
        demo_weights=served.demo_weights or case.transcript.demo_weights, created_at=datetime.now(UTC),
    )  # fmt: skip


def _usages(reading: Reading | None, served: Served) -> list[Usage]:
    """Of the model, what the meter says where there is one: also what was asked in vain."""
    if reading is None:
        return []
    job = current_job()
    seconds = job.seconds if job else sum(reply.seconds for reply in reading.replies)
    model = usages.of_model(reading, served.name, served.device, seconds)
    return [usages.of_compressor(reading), *([model] if model else [])]


def _count(evaluation: Evaluation, reading: Reading | None) -> None:
    for answer in evaluation.answers:
        ANSWERS.labels(answer.layer, answer.state).inc()
    DROPPED.inc(evaluation.dropped_quotes)
    for reply in reading.replies if reading else ():
        if reply.repaired or reply.faults:
            REPAIRS.labels("repaired" if reply.repaired else "given_up").inc()
