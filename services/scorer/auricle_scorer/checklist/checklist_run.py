"""The flow of a checklist over one conversation, from rules to summary. What a step cannot tell is open for its own classes alone.

rules ─► route ─► detect ─► verify ─► comment ─► summary
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from auricle_contracts import (
    RULES_STEP,
    Channel,
    Detection,
    DetectionState,
    Evaluation,
    FlowStepResult,
    FlowStepState,
    Layer,
    Level,
    Quote,
    Role,
    RulesReply,
    Transcript,
)
from auricle_contracts.golden import GoldenKind, GoldenState
from auricle_contracts.knowledge import Citation
from auricle_contracts.thresholds import Thresholds
from auricle_criteria import Bundle, ErrorClass, FlowStep, FoundBy, Prompt, Results, StepKind, first_answers, overall
from auricle_judging import PromptReply, heard_confidence
from auricle_judging.structured_output import Model

from auricle_scorer.checklist.comments import comments, summary
from auricle_scorer.checklist.comments import question as comment_question
from auricle_scorer.checklist.detection import Proposal, ProposedPlace, detect, question
from auricle_scorer.checklist.findings import Said, findings, outcomes
from auricle_scorer.checklist.golden_cases import CASES_GONE, CaseBook, CaseSearch, filler
from auricle_scorer.checklist.model_step import Asker, Reading, StepMeter, portions
from auricle_scorer.checklist.passages import ArticleSearch
from auricle_scorer.checklist.routing import Setting, looked_for, route, settled
from auricle_scorer.checklist.verification import question as verify_question
from auricle_scorer.checklist.verification import verify
from auricle_scorer.judgement import BELOW_THRESHOLD

NOBODY_LOOKS = "no_step_finds_it"
_SAID = {DetectionState.FOUND: GoldenState.FOUND, DetectionState.NOT_FOUND: GoldenState.NOT_FOUND}


@dataclass(frozen=True)
class ChecklistResult:
    """What the flow came to: a detection for each class that was looked for, in words for people, and what each step cost.

    `citations`: the passage that a class's comment rests on, by class.
    """

    detections: tuple[Detection, ...] = ()
    steps: tuple[FlowStepResult, ...] = ()
    comments: Mapping[str, str] = field(default_factory=dict)
    citations: Mapping[str, Citation] = field(default_factory=dict)
    summary: str | None = None
    usages: tuple[PromptReply, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class ChecklistRun:
    """One conversation's run of the flow that its recipe pins. `min_heard` (0-1): below it heard words prove nothing.

    `articles`: the workspace's knowledge base; without it nothing is cited. `thresholds`: those of the scorecard, where they hold.
    `cases`: the workspace's golden set, of which a flow with `examples` shows the nearest.
    """

    bundle: Bundle
    setting: Setting
    min_heard: float = 0.0
    articles: ArticleSearch | None = None
    thresholds: Thresholds | None = None
    cases: CaseSearch | None = None

    @property
    def classes(self) -> tuple[ErrorClass, ...]:
        """What the scorecard looks for in such a conversation."""
        checklist = self.bundle.scorecard.checklist
        return looked_for(self.bundle.classes, checklist, self.setting) if checklist else ()

    @property
    def by_rules(self) -> tuple[str, ...]:
        """What is asked of the rules service."""
        return tuple(one.id for one in self.classes if one.found_by is not FoundBy.PROMPT)

    def deepest(self, allowed: Level) -> Level:
        """How deep the digest may be cut: where a model looks for errors, only fillers, echoes and repeats go. Rude words have no price."""
        finds = self.bundle.flow is not None and self.bundle.flow.step(StepKind.DETECT) is not None
        by_model = finds and any(one.found_by is not FoundBy.RULE for one in self.classes)
        return Level.LIGHT if by_model and allowed is not Level.RAW else allowed

    def of_rules(self, rules: RulesReply) -> ChecklistResult:
        """What rules and routing can tell. A class that nothing is left to find is undetermined, never not found."""
        flow = self.bundle.flow
        if flow is None or not self.classes:
            return ChecklistResult()
        routed = route(self.classes, self.setting, rules.answers, flow.route)
        seen = {one.error_class: one for one in rules.detections}
        found = {one.error_class: one for one in routed.settled}
        for one in routed.possible:
            open_ = settled(one, DetectionState.UNDETERMINED, NOBODY_LOOKS)
            found[one.id] = seen.get(one.id, open_)
        steps = tuple(
            FlowStepResult(step=kind, state=FlowStepState.DONE) for kind in (RULES_STEP, StepKind.ROUTE.value)
        )
        return ChecklistResult(tuple(found[one.id] for one in self.classes), steps)

    def asked_about(self, result: ChecklistResult) -> tuple[ErrorClass, ...]:
        """Classes that are left to `detect`, where the flow has it."""
        if self.bundle.flow is None or self.bundle.flow.step(StepKind.DETECT) is None:
            return ()
        left = {one.error_class for one in result.detections if one.why == NOBODY_LOOKS}
        claims = self._holds_claims
        return tuple(one for one in self.classes if one.id in left and (claims or not one.by_articles))

    @property
    def _holds_claims(self) -> bool:
        """Whether the flow proposes claims and holds them against the knowledge base: else such a class is left open."""
        steps = [self.bundle.flow.step(kind) for kind in (StepKind.DETECT, StepKind.VERIFY)] if self.bundle.flow else []
        return bool(steps) and all(step is not None and self._prompt(step).asks_claims for step in steps)

    def rubrics(self, result: ChecklistResult) -> tuple[str, ...]:
        """The longest questions without the conversation, to leave room for them; none where the model has nothing to do."""
        step = self.bundle.flow.step(StepKind.DETECT) if self.bundle.flow else None
        left = self.asked_about(result)
        found = any(one.state is DetectionState.FOUND for one in result.detections)
        if step is None or not left:
            return (*self._rubrics_with_passages(), "") if found and self._comments else ()
        prompt = self._prompt(step)
        asked = [question(prompt, part, self.setting.channel) for part in portions(left, step.per_call)]
        return tuple(map(self._with_room_for_cases, (*asked, *self._rubrics_with_passages())))

    def _with_room_for_cases(self, rubric: str) -> str:
        setting = self.bundle.flow.examples if self.bundle.flow else None
        return f"{rubric}\n{filler(setting)}" if setting else rubric

    def _rubrics_with_passages(self) -> tuple[str, ...]:
        """The longest questions that show passages; none where no class has to do with the knowledge base."""
        of = {
            StepKind.VERIFY: (verify_question, any(one.by_articles for one in self.classes)),
            StepKind.COMMENT: (comment_question, any(one.by_articles or one.articles for one in self.classes)),
        }
        if self.bundle.flow is None or self.articles is None:
            return ()
        return tuple(
            asked(self._prompt(step), self.classes[: step.per_call], self.setting.channel)
            for kind, (asked, shows) in of.items()
            if shows and (step := self.bundle.flow.step(kind)) is not None
        )

    @property
    def longest_answer(self) -> int:
        """Tokens of the longest answer of a step."""
        return max((one.max_tokens for one in self.bundle.flow_prompts), default=0)

    @property
    def overlap(self) -> int:
        """Lines that neighbouring windows share."""
        return max((step.overlap for step in self.bundle.flow.steps), default=0) if self.bundle.flow else 0

    def unread(self, result: ChecklistResult, why: str) -> ChecklistResult:
        """Where the model is not asked at all: what it was to find is open for this reason."""
        left = {one.id: settled(one, DetectionState.UNDETERMINED, why) for one in self.asked_about(result)}
        return self._with(result, left)

    async def cited(self, result: ChecklistResult) -> ChecklistResult:
        """With the passage that each found class rests on: of the articles that it names, the one nearest to its title and quotes."""
        if self.articles is None:
            return result
        citations = dict(result.citations)
        for one in result.detections:
            error_class = self._by_id[one.error_class]
            if one.state is DetectionState.FOUND and error_class.articles and one.error_class not in citations:
                words = " ".join((error_class.title.ru, error_class.title.en, *(quote.text for quote in one.quotes)))
                for near in await self.articles.nearest(words, error_class.articles):
                    citations[one.error_class] = near
        return replace(result, citations=citations)

    async def asked(self, result: ChecklistResult, reading: Reading, model: Model) -> ChecklistResult:
        """What the asking steps make of it. Raises ModelUnavailable."""
        reading = await self._with_cases(result, reading)
        steps = {StepKind.DETECT: self._detect, StepKind.COMMENT: self._comment, StepKind.SUMMARY: self._summary}
        for kind, take in steps.items():
            step = self.bundle.flow.step(kind) if self.bundle.flow else None
            if step is not None:
                result = await take(step, result, reading, model)
            if kind is StepKind.DETECT:
                result = self._believed(result)
        return replace(result, flags=(*result.flags, CASES_GONE)) if reading.cases.gone else result

    async def _with_cases(self, result: ChecklistResult, reading: Reading) -> Reading:
        """With the golden cases of the classes that are left to `detect`, where the flow shows some."""
        setting = self.bundle.flow.examples if self.bundle.flow else None
        names = [one.id for one in self.asked_about(result) if not one.by_articles]
        if setting is None or self.cases is None or not names:
            return reading
        return replace(reading, cases=await self.cases.pool(reading.shown, names, most=setting.count // 2))

    def _believed(self, result: ChecklistResult) -> ChecklistResult:
        """What a model is not sure enough of, as the scorecard's thresholds say, is open: a person looks."""
        if self.thresholds is None:
            return result
        return self._with(result, {one.error_class: one for one in map(self._doubted, result.detections)})

    def _doubted(self, one: Detection) -> Detection:
        said = _SAID.get(one.state)
        if self.thresholds is None or one.source is not Layer.MODEL or said is None:
            return one
        if self.thresholds.believe(GoldenKind.ERROR_CLASS, one.error_class, said, one.confidence, one.version):
            return one
        return one.model_copy(update={"state": DetectionState.UNDETERMINED, "why": BELOW_THRESHOLD, "quotes": ()})

    def judged(self, evaluation: Evaluation, result: ChecklistResult) -> Evaluation:
        """The evaluation with findings, what each class came to, steps, score, and the summary where there is one."""
        classes = self._by_id
        said = Said(result.comments, result.citations)
        seen = findings(result.detections, classes, self.setting.transcript, said, fatal=self.bundle.fatal_classes)
        looked = outcomes(result.detections)
        results = Results(
            answers=first_answers(evaluation.answers),
            outcomes={one.error_class: one for one in looked},
            findings=seen,
            counted=self.bundle.live_classes,
            channel=self.setting.channel,
            line=self.setting.line,
            turns=len(self.setting.transcript.turns),
        )
        score = overall(self.bundle.scorecard, results)
        told = result.summary or evaluation.summary
        made = {"findings": seen, "outcomes": looked, "steps": result.steps, "overall": score, "summary": told}
        return evaluation.model_copy(update={**made, "flags": (*evaluation.flags, *result.flags)})

    async def _detect(self, step: FlowStep, result: ChecklistResult, reading: Reading, model: Model) -> ChecklistResult:
        """`detect`, and behind it `verify` where the flow has it."""
        asker = self._asker(step, reading, model)
        proposals = await detect(asker, self.asked_about(result))
        found = {one.error_class.id: self._detection(one, reading) for one in proposals}
        result = self._with(result, found, asker.meter)
        second = self.bundle.flow.step(StepKind.VERIFY) if self.bundle.flow else None
        if second is None:
            return result
        asker = self._asker(second, reading, model)
        doubted = [one for one in proposals if one.error_class.by_articles or one.error_class.id not in second.without]
        looked = await verify(asker, doubted, self.articles)
        citations = dict(result.citations)
        for one in looked:
            left = Proposal(one.error_class, one.places, one.open, _least(one.places))
            why = None if one.places or one.open else "refuted"
            found[one.error_class.id] = self._detection(left, reading, step=StepKind.VERIFY, why=why)
            for place in reversed(one.places):  # the first one is cited
                if place.passage is not None and self._heard_at(place, reading):
                    citations[one.error_class.id] = place.passage
        result = replace(result, citations=citations)
        return self._with(result, {one.error_class.id: found[one.error_class.id] for one in looked}, asker.meter)

    def _detection(
        self, proposal: Proposal, reading: Reading, *, step: StepKind = StepKind.DETECT, why: str | None = None
    ) -> Detection:
        """The proposal in the transcript as it came. Words that were heard badly prove nothing."""
        quotes = [quote for place in proposal.places for quote in place.quotes]
        heard = [quote for place in proposal.places for quote in self._heard_at(place, reading)]
        state, reason = DetectionState.FOUND, None
        if not heard:
            reason = "heard_badly" if quotes else proposal.open
            state = DetectionState.UNDETERMINED if reason else DetectionState.NOT_FOUND
        return Detection(
            error_class=proposal.error_class.id, version=proposal.error_class.pin, state=state,
            why=reason or why, quotes=tuple(heard), confidence=proposal.confidence, source=Layer.MODEL, step=step.value,
        )  # fmt: skip

    def _heard_at(self, place: ProposedPlace, reading: Reading) -> list[Quote]:
        """Its quotes in the transcript as it came, without those that were heard badly."""
        quotes = [reading.mask.restored(quote) if reading.mask else quote for quote in place.quotes]
        return [quote for quote in quotes if self._heard(quote) >= self.min_heard]

    def _heard(self, quote: Quote) -> float:
        turn = next(turn for turn in self.setting.transcript.turns if turn.id == quote.turn)
        confidence = heard_confidence(turn, quote.span)
        return 1.0 if confidence is None else confidence

    async def _comment(
        self, step: FlowStep, result: ChecklistResult, reading: Reading, model: Model
    ) -> ChecklistResult:
        asker, result = self._asker(step, reading, model), await self.cited(result)
        found = [(self._by_id[one.error_class], one) for one in result.detections if one.state is DetectionState.FOUND]
        said = await comments(asker, found, result.citations)
        return replace(self._with(result, {}, asker.meter), comments=said)

    async def _summary(
        self, step: FlowStep, result: ChecklistResult, reading: Reading, model: Model
    ) -> ChecklistResult:
        asker = self._asker(step, reading, model)
        found = [self._by_id[one.error_class] for one in result.detections if one.state is DetectionState.FOUND]
        said = await summary(asker, found) if found and len(found) >= step.fewest else None
        return replace(self._with(result, {}, asker.meter), summary=said)

    def _asker(self, step: FlowStep, reading: Reading, model: Model) -> Asker:
        setting = self.bundle.flow.examples if self.bundle.flow else None
        shows = setting is not None and step.kind in (StepKind.DETECT, StepKind.VERIFY)
        pool, language = reading.cases.of(step.kind.value), reading.shown.language
        book = CaseBook(setting, pool, reading.channel, language) if setting and shows else None
        return Asker(StepMeter(step, self._prompt(step)), reading, model, book)

    def _prompt(self, step: FlowStep) -> Prompt:
        return next(one for one in self.bundle.flow_prompts if one.id == step.prompt)

    @property
    def _comments(self) -> bool:
        return self.bundle.flow is not None and self.bundle.flow.step(StepKind.COMMENT) is not None

    def _with(
        self, result: ChecklistResult, found: Mapping[str, Detection], meter: StepMeter | None = None
    ) -> ChecklistResult:
        """The result with these detections in the place of earlier ones, and with what the step cost."""
        detections = tuple(found.get(one.error_class, one) for one in result.detections)
        if meter is None:
            return replace(result, detections=detections)
        steps, usages = (*result.steps, meter.result()), (*result.usages, *meter.usages())
        return replace(result, detections=detections, steps=steps, usages=usages)

    @property
    def _by_id(self) -> dict[str, ErrorClass]:
        return {one.id: one for one in self.bundle.classes}


def setting_of(transcript: Transcript, channel: Channel, line: str | None, min_role: float) -> Setting:
    """What routing knows; below `min_role` on average (0-1) nobody knows who the agent is."""
    spoken = [turn for turn in transcript.turns if turn.text.strip() and turn.role is not Role.UNKNOWN]
    sure = sum(turn.role_confidence for turn in spoken) / len(spoken) if spoken else 0.0
    return Setting(transcript, channel, line, roles_known=sure >= min_role and bool(spoken))


def _least(places: Sequence[ProposedPlace]) -> float | None:
    return min((place.confidence for place in places), default=None)
