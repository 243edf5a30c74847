"""One conversation from transcript to evaluation: compressor and rules beside each other, then the model, then the judgement."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
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
    Recipe,
    RulesReply,
    RulesRequest,
    Transcript,
    Usage,
)
from auricle_contracts.judges import ModelIdentity, Reasoning
from auricle_contracts.thresholds import Thresholds
from auricle_criteria import Bundle, Prompt, Scorecard
from auricle_judging import PromptReply
from auricle_judging.calibration import Calibration
from auricle_kit import log, metrics, tracing
from auricle_kit.metering import current_job
from auricle_masking import Mask

from auricle_scorer import judgement, usages
from auricle_scorer.checklist.checklist_run import ChecklistResult, ChecklistRun, setting_of
from auricle_scorer.checklist.golden_cases import CaseSearch
from auricle_scorer.checklist.model_step import Reading
from auricle_scorer.checklist.passages import ArticleSearch
from auricle_scorer.comparing import Comparison
from auricle_scorer.concurrency import both
from auricle_scorer.judgement import Case, Doubt
from auricle_scorer.llm_step import ModelAnswers, PromptContext, PromptLimits, PromptRunner
from auricle_scorer.metered import CountingModel
from auricle_scorer.neighbours import Neighbours
from auricle_scorer.paid_completions import PaidAnswers, RememberingModel
from auricle_scorer.pinned_recipe import RecipeCheck

logger = log.get("scorer.scoring")
ANSWERS = metrics.counter("auricle_scorer_answers", "Answers by layer and state.", ("layer", "state"))
DROPPED = metrics.counter("auricle_scorer_dropped_quotes", "Quotes of the model that nobody said.")
REPAIRS = metrics.counter(
    "auricle_scorer_repairs", "Replies of the model that had to be asked for again.", ("outcome",)
)
LOW_CONFIDENCE = "low_confidence"
UNCALIBRATED = "confidence_uncalibrated"
THRESHOLDS_STALE = "thresholds_stale"


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
    articles: ArticleSearch | None = None
    cases: CaseSearch | None = None

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
    """The model as its server describes it now; `weights` None where nobody tells. `reasoning`: whether it writes why first."""

    name: str
    device: str
    demo_weights: bool
    context: int
    weights: str | None = None
    reasoning: Reasoning = Reasoning.SHORT


@dataclass(frozen=True)
class Scored:
    """An evaluation to be written, with the digest that the model read (None: nothing was said) and the ledger's entries."""

    evaluation: Evaluation
    digest: Digest | None
    usages: tuple[Usage, ...]


@dataclass(frozen=True)
class Asked:
    """What the model said of the digest, None where nobody spoke, and of the uncut transcript where it was asked for comparison."""

    answers: ModelAnswers | None
    uncut: ModelAnswers | None = None


@dataclass(frozen=True)
class Scorer:
    """Evaluates conversations by one scorecard, with its prompts, flow and error classes."""

    bundle: Bundle
    neighbours: Neighbours
    runner: PromptRunner
    doubt: Doubt
    max_windows: int
    shots: int | None
    comparison: Comparison
    calibration: Calibration | None = None
    check: RecipeCheck = field(default_factory=RecipeCheck)

    @property
    def scorecard(self) -> Scorecard:
        """The scorecard."""
        return self.bundle.scorecard

    @property
    def prompts(self) -> tuple[Prompt, ...]:
        """What its criteria ask a model."""
        return self.bundle.prompts

    def remembering(self, served: Served, paid: PaidAnswers) -> "Scorer":
        """The same parts, which ask nothing that `paid` has an answer to."""
        name = f"{served.name}@{served.weights or ''}"
        model = RememberingModel(self.runner.model, name, paid)
        return replace(self, runner=replace(self.runner, model=model))

    def asking(self, model: CountingModel) -> "Scorer":
        """The same parts, which ask another model."""
        runner = replace(self.runner, model=model)
        return replace(self, runner=runner, comparison=replace(self.comparison, runner=runner))

    def pinned_to(self, bundle: Bundle) -> "Scorer":
        """The same parts with another scorecard and what belongs to it."""
        return replace(self, bundle=bundle)

    async def score(self, subject: Subject, served: Served, *, recipe: str, pinned: Recipe | None = None) -> Scored:
        """Raises the errors of servers that do not answer, and RecipePending or RecipeUnavailable where they are not those of `pinned`.

        Whatever is in the transcript ends in an evaluation.
        """
        if pinned is not None:
            self.check.model(pinned, served.name, served.weights)
        setting = setting_of(subject.transcript, subject.channel, subject.line, self.doubt.min_role)
        thresholds = self._thresholds(served)
        run = ChecklistRun(self.bundle, setting, self.doubt.min_heard, subject.articles, thresholds, subject.cases)
        (rules, rules_seconds), asked = await both(
            self._rules(subject, run.by_rules, pinned), self._ask(subject, served, pinned, run.deepest(subject.deepest))
        )
        answers = asked.answers
        checked = await run.cited(await self._checked(run, run.of_rules(rules), answers, subject, served))
        case = Case(
            self.scorecard, subject.transcript, subject.facts, rules, answers.replies if answers else (), self.doubt,
            unasked=answers.unasked if answers else "no_words", blank=answers.blank if answers else {}, thresholds=thresholds,
        )  # fmt: skip
        stale = (THRESHOLDS_STALE,) if self.scorecard.thresholds is not thresholds else ()
        evaluation = _evaluation(case, served, answers, recipe, (*subject.transcript.flags, *stale))
        evaluation = run.judged(evaluation, checked)
        _count(evaluation, answers)
        used = [usages.of_cpu("rules", rules_seconds), *_usages(asked, checked, served)]
        return Scored(evaluation, answers.digest if answers else None, tuple(used))

    async def _rules(
        self, subject: Subject, classes: tuple[str, ...], pinned: Recipe | None
    ) -> tuple[RulesReply, float]:
        request = RulesRequest(
            transcript=subject.transcript, channel=subject.channel,
            metadata=dict(subject.metadata), past=subject.past, classes=classes,
            changes=self.bundle.rule_changes,
        )  # fmt: skip
        with tracing.span("rules"):
            reply, seconds = await self.neighbours.rules(request)
        if pinned is not None:
            self.check.rules(pinned, reply.version)
        return reply, seconds

    async def _ask(self, subject: Subject, served: Served, pinned: Recipe | None, deepest: Level) -> Asked:
        """Nothing where nothing was said; the digest alone where the transcript is not to be believed."""
        if judgement.is_empty(subject.transcript):
            return Asked(None)
        context = PromptContext(
            subject.channel, self.scorecard.protect, self.scorecard.choices, subject.meaning, deepest
        )
        with tracing.span("compressor"):
            answers = await self.runner.compress(subject.shown, context)
        if pinned is not None:
            self.check.compressor(pinned, answers.digest.version)
        if LOW_CONFIDENCE in subject.transcript.flags:
            return Asked(replace(answers, unasked="heard_badly"))
        limits = PromptLimits(served.context, self.max_windows, self.shots, served.name, served.reasoning)
        answers = await self.runner.run(self.prompts, answers, subject.shown, context, limits)
        uncut = await self.comparison.compare(self.prompts, answers, subject.shown, context, limits)
        answers = self._calibrated(answers, served)
        return Asked(_restored(answers, subject.mask) if subject.mask else answers, uncut)

    async def _checked(
        self, run: ChecklistRun, found: ChecklistResult, answers: ModelAnswers | None, subject: Subject, served: Served
    ) -> ChecklistResult:
        """The checklist's questions to the model, about the digest that the criteria were answered from."""
        if answers is None or answers.unasked is not None:
            return run.unread(found, answers.unasked if answers and answers.unasked else "no_words")
        rubrics = run.rubrics(found)
        if not rubrics:
            return found
        limits = PromptLimits(served.context, self.max_windows, self.shots, served.name, served.reasoning)
        windows = await self.runner.windows(answers, rubrics, run.longest_answer, limits, run.overlap)
        reading = Reading(tuple(windows), subject.shown, subject.channel, subject.mask)
        return await run.asked(found, reading, self.runner.model)

    def _thresholds(self, served: Served) -> Thresholds | None:
        """Those of the scorecard, where they were made for this model and these prompts, which showed no cases."""
        own = self.scorecard.thresholds
        if self.bundle.flow is not None and self.bundle.flow.examples is not None:
            return None
        pins = [prompt.pin for prompt in (*self.prompts, *self.bundle.flow_prompts)]
        model = ModelIdentity(name=served.name, weights=served.weights)
        held = own is not None and own.hold_for(model, pins, calibrated=self._calibration(served) is not None)
        return own if held else None

    def _calibration(self, served: Served) -> Calibration | None:
        """The curves, where they were made for this model and these prompts."""
        pins = tuple(prompt.pin for prompt in self.prompts)
        own = self.calibration
        return own if own is not None and own.holds_for(served.name, served.demo_weights, pins) else None

    def _calibrated(self, answers: ModelAnswers, served: Served) -> ModelAnswers:
        """With confidences that labels bear out, or with a flag that says that nothing does."""
        calibration = self._calibration(served)
        if calibration is None:
            return replace(answers, flags=(*answers.flags, UNCALIBRATED))
        return _mapped(answers, calibration.of_reply)


def _mapped(answers: ModelAnswers, change: Callable[[PromptReply], PromptReply]) -> ModelAnswers:
    prompts = tuple(replace(one, replies=tuple(map(change, one.replies))) for one in answers.prompts)
    return replace(answers, prompts=prompts)


def _restored(answers: ModelAnswers, mask: Mask) -> ModelAnswers:
    """The same replies with their quotes in the original transcript: its words, spans and ms."""

    def restored(reply: PromptReply) -> PromptReply:
        found = {
            name: replace(answer, quotes=tuple(map(mask.restored, answer.quotes)))
            for name, answer in reply.answers.items()
        }
        return replace(reply, answers=found)

    return _mapped(answers, restored)


def _evaluation(
    case: Case, served: Served, answers: ModelAnswers | None, recipe: str, flags: tuple[str, ...]
) -> Evaluation:
    """Id, `current` and the time are the database's; what stands here is a placeholder that it ignores."""
    replies = answers.replies if answers else ()
    dropped = sum(answer.dropped_quotes for reply in replies for answer in reply.answers.values())
    return Evaluation(
        id="", conversation_id=case.transcript.conversation_id, revision=case.transcript.revision, recipe=recipe,
        current=False, answers=judgement.answers(case),
        summary=next((reply.reasoning for reply in reversed(replies) if reply.reasoning), None),
        dropped_quotes=dropped, flags=tuple(dict.fromkeys((*flags, *(answers.flags if answers else ())))),
        demo_weights=served.demo_weights or case.transcript.demo_weights, created_at=datetime.now(UTC),
    )  # fmt: skip


def _usages(asked: Asked, checked: ChecklistResult, served: Served) -> list[Usage]:
    """Of the model, what the meter says where there is one: also what was asked in vain. A comparison is charged whole."""
    if asked.answers is None:
        return []
    replies = (*asked.answers.replies, *(asked.uncut.replies if asked.uncut else ()), *checked.usages)
    job = current_job()
    seconds = job.seconds if job else sum(reply.seconds for reply in replies)
    model = usages.of_model(replies, served.name, served.device, seconds)
    return [usages.of_compressor(asked.answers, asked.uncut), *([model] if model else [])]


def _count(evaluation: Evaluation, answers: ModelAnswers | None) -> None:
    for answer in evaluation.answers:
        ANSWERS.labels(answer.layer, answer.state).inc()
    DROPPED.inc(evaluation.dropped_quotes)
    for reply in answers.replies if answers else ():
        if reply.repaired or reply.faults:
            REPAIRS.labels("repaired" if reply.repaired else "given_up").inc()
