"""All rules together: read, compiled, checked by their own examples, asked."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from auricle_contracts import Answer, AnswerState, Channel, Contract, Layer, RulesReply, RulesRequest, Transcript, Turn
from auricle_criteria.classes import ErrorClass
from auricle_criteria.conditions import (
    Amounts,
    Measure,
    Mentions,
    Order,
    Pairs,
    Pattern,
    Phrases,
    SentimentTurns,
)
from auricle_criteria.detectors import Detector
from auricle_criteria.errors import BadArtefact
from auricle_criteria.pins import rules_pin
from auricle_criteria.rules import Example, Rule
from auricle_criteria.yaml_files import read_folder
from auricle_languages import Languages
from auricle_masking import Detector as PersonalDataDetector

from auricle_rules.answering import clock, extractors, phrase_matching, sentiment
from auricle_rules.answering.context import ConversationContext, Fact, undetermined
from auricle_rules.answering.phraseindex import PhraseIndex
from auricle_rules.detection.detectorset import DetectorSet

PREFERRED_TITLE = "ru"


@dataclass(frozen=True)
class RuleSet:
    """Rules by id, ready to answer; `version` is how a recipe pins them.

    `min_heard` (0-1): below it, what rests on heard words is undetermined.
    """

    rules: Mapping[str, Rule]
    languages: Languages
    detector: PersonalDataDetector
    min_heard: float
    version: str = ""
    detectors: DetectorSet | None = None

    @classmethod
    def read(cls, folder: Path, languages: Languages, detector: PersonalDataDetector, min_heard: float) -> "RuleSet":
        """Every `*.yaml` of the folder, whose version is the recipe's pin of `prompts/` around it. Raises `BadArtefact`."""
        detectors = DetectorSet.read(folder.parent, detector.pack("en").names.people, min_heard)
        rules = cls(read_folder(Rule, folder), languages, detector, min_heard, rules_pin(folder.parent), detectors)
        return rules.compiled()

    def changed(
        self, rules: Iterable[Rule], detectors: Iterable[Detector], classes: Iterable[ErrorClass], version: str
    ) -> "RuleSet":
        """With these in the place of those of the same id. Raises `BadArtefact` for what cannot be compiled."""
        made = {**self.rules, **{rule.id: rule for rule in rules}}
        found = self.detectors.changed(detectors, classes) if self.detectors else None
        return replace(self, rules=made, detectors=found, version=version).compiled()

    def compiled(self) -> "RuleSet":
        """Compiled now, so that a bad pattern stops the start, or a promotion, and not a conversation."""
        self.check_events()
        _ = (self._index, self._evaluators)
        return self

    def answer(self, request: RulesRequest) -> RulesReply:
        """Every rule's answer, in the order of their files, and a detection for each class that the request names."""
        context = self._context(request)
        answers = tuple(self._answer(rule, context) for rule in self.rules.values())
        detections = self.detectors.detect(context, request.classes) if self.detectors else ()
        return RulesReply(version=self.version, answers=answers, detections=detections)

    def check_events(self) -> None:
        """Raises `BadArtefact` for a rule that waits for an event that no phrase rule tells."""
        for rule in self.rules.values():
            event = self.rules.get(rule.where.after) if rule.where.after else None
            if rule.where.after and not (event and isinstance(event.look_for, Phrases)):
                raise BadArtefact(f"rule {rule.id} waits for {rule.where.after}, which is no rule on phrases")

    def _context(self, request: RulesRequest) -> ConversationContext:
        return ConversationContext.of(request, self.languages, self._index, self.detector)

    def check_examples(self) -> None:
        """Raises `BadArtefact` naming every example that its rule does not meet."""
        missed = [fault for rule in self.rules.values() for fault in self.faults(rule)]
        if missed:
            raise BadArtefact("; ".join(missed))

    def faults(self, rule: Rule) -> Iterable[str]:
        """What is wrong with the answers to this rule's examples."""
        for number, example in enumerate(rule.examples, start=1):
            answer = self._answer(rule, self._context(_request(example)))
            got = (answer.state, answer.value, tuple(quote.text for quote in answer.quotes))
            quotes = example.quotes if example.quotes is not None else got[2]
            if got != (example.state, example.value, quotes):
                yield f"rule {rule.id}, example {number}: expected {example.state} {example.value} {quotes}, got {got}"

    @cached_property
    def _index(self) -> PhraseIndex:
        return PhraseIndex(self.rules.values(), self.languages)

    @cached_property
    def _evaluators(self) -> dict[str, extractors.Evaluate]:
        return {rule.id: _evaluator(rule) for rule in self.rules.values()}

    def _answer(self, rule: Rule, context: ConversationContext) -> Answer:
        fact = self._fact(rule, context)
        language = context.transcript.language or PREFERRED_TITLE
        return Answer(
            criterion=rule.id,
            title=rule.title.in_language(language),
            layer=Layer.RULE,
            kind=rule.answer_kind,
            state=fact.state,
            value=fact.value if fact.state is AnswerState.ANSWERED else None,
            confidence=fact.confidence,
            reasoning=fact.reasoning,
            quotes=fact.quotes,
            participant=fact.participant,
            why=fact.why,
        )

    def _fact(self, rule: Rule, context: ConversationContext) -> Fact:
        if _needs_roles(rule) and not context.roles_known:
            return undetermined("roles_unknown")
        fact = self._evaluators[rule.id](context)
        if fact.confidence is not None and fact.confidence < self.min_heard:
            return Fact(None, fact.quotes, fact.confidence, AnswerState.UNDETERMINED, "heard_badly")
        return fact


def _needs_roles(rule: Rule) -> bool:
    return bool(rule.who) or (isinstance(rule.look_for, Measure) and rule.look_for.measure in clock.NEEDS_ROLES)


_KINDS: Mapping[type[Contract], Callable[[Rule, Any], extractors.Evaluate]] = {
    Amounts: extractors.amounts_rule,
    Mentions: extractors.mentions_rule,
    Pattern: extractors.pattern_rule,
    Phrases: phrase_matching.phrases_rule,
    Pairs: phrase_matching.pairs_rule,
    Order: phrase_matching.order_rule,
    SentimentTurns: sentiment.sentiment_rule,
    Measure: lambda _, look_for: clock.MEASURES[look_for.measure],
}


def _evaluator(rule: Rule) -> extractors.Evaluate:
    return _KINDS[type(rule.look_for)](rule, rule.look_for)


def _request(example: Example) -> RulesRequest:
    turns = tuple(
        Turn(id=number, participant=turn.role, **turn.model_dump())
        for number, turn in enumerate(example.turns, start=1)
    )
    ends = [turn.end_ms for turn in turns if turn.end_ms is not None]
    length = max(ends) if ends and example.channel is Channel.CALL else None
    transcript = Transcript(conversation_id="example", turns=turns, duration_ms=length)
    return RulesRequest(transcript=transcript, channel=example.channel, metadata=example.metadata, past=example.past)
