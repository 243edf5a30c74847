"""A step that asks a model: its budget, what its calls cost, why a call has no answer. One that fails leaves the others their answers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from auricle_contracts import Channel, DigestLine, FlowStepResult, FlowStepState, Transcript
from auricle_criteria import ErrorClass, FlowStep, Prompt
from auricle_judging import ContextTooLong, ModelRefused, PromptReply, Rendered, render, spending
from auricle_judging.client import approximate_tokens
from auricle_judging.rendering import Choices
from auricle_judging.structured_output import FormReply, Model, ask_form
from auricle_kit import tracing
from auricle_masking import Mask

from auricle_scorer.checklist.golden_cases import CaseBook, CasePool, SimilarCase

T = TypeVar("T")


@dataclass(frozen=True)
class Reading:
    """What steps read of a conversation: windows of its digest, and the transcript that the model is shown (`mask`: how it was made).

    `cases`: what may be shown beside the questions of `detect` and `verify`.
    """

    windows: tuple[tuple[DigestLine, ...], ...]
    shown: Transcript
    channel: Channel
    mask: Mask | None = None
    cases: CasePool = field(default_factory=CasePool)


@dataclass
class StepMeter:
    """The budget of a step for one conversation, and what was spent of it. A repair is paid, but is no call of the budget."""

    step: FlowStep
    prompt: Prompt
    reserved_calls: int = 0
    reserved_tokens: int = 0
    replies: list[FormReply] = field(default_factory=list)
    spent_on: list[tuple[str, ...]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    shown: set[SimilarCase] = field(default_factory=set)

    def reserve(self, rendered: Rendered) -> bool:
        """Whether one more call fits."""
        tokens = sum(approximate_tokens(message["content"]) for message in rendered.messages) + self.prompt.max_tokens
        if self.reserved_calls >= self.step.max_calls or self.reserved_tokens + tokens > self.step.max_tokens:
            return False
        self.reserved_calls += 1
        self.reserved_tokens += tokens
        return True

    def result(self) -> FlowStepResult:
        """Failed where a call has no answer; skipped where there was nothing to ask."""
        asked = [one for reply in self.replies for one in reply.asked]
        cached = [one.tokens_cached for one in asked if one.tokens_cached is not None]
        failed = self.failures[0] if self.failures else None
        idle = FlowStepState.DONE if asked else FlowStepState.SKIPPED
        return FlowStepResult(
            step=self.step.kind.value,
            state=FlowStepState.FAILED if failed else idle,
            why=failed or (None if asked else "nothing_to_ask"),
            prompt=self.prompt.pin,
            calls=len(asked),
            tokens_in=sum(one.tokens_in for one in asked),
            tokens_cached=sum(cached) if cached else None,
            tokens_out=sum(one.tokens_out for one in asked),
            seconds=sum(one.seconds for one in asked),
            cases=tuple(one.shown for one in sorted(self._of_items, key=lambda one: one.rank or 0)),
        )

    @property
    def _of_items(self) -> list[SimilarCase]:
        return [one for one in self.shown if one.rank is not None]

    def usages(self) -> list[PromptReply]:
        """What was paid, for the ledger: the tokens of a call are shared by the classes that it asked about."""
        return [_paid(reply, names) for reply, names in zip(self.replies, self.spent_on, strict=True)]


def _paid(reply: FormReply, names: Sequence[str]) -> PromptReply:
    read, written = sum(one.tokens_in for one in reply.asked), sum(one.tokens_out for one in reply.asked)
    cached = [one.tokens_cached for one in reply.asked if one.tokens_cached is not None]
    return PromptReply(
        {}, None, sum(one.seconds for one in reply.asked), read, written,
        repaired=len(reply.asked) > 1 and reply.answer is not None, faults=reply.faults,
        tokens_cached=sum(cached) if cached else None, criteria=spending.by_criterion(names, {}, read + written),
    )  # fmt: skip


@dataclass(frozen=True)
class Asker:
    """Asks the questions of one step about one conversation."""

    meter: StepMeter
    reading: Reading
    model: Model
    book: CaseBook | None = None

    def cases(self, classes: Sequence[ErrorClass]) -> tuple[SimilarCase, ...]:
        """What a question about these classes shows of the golden set; nothing where the flow shows none."""
        return self.book.of(classes) if self.book else ()

    def question(self, names: Sequence[str] = (), claims: Collection[str] = ()) -> Prompt:
        """The step's prompt; for classes, with a property for each (`claims`: those that are answered as claims are)."""
        return self.meter.prompt.for_each(names, claims) if names else self.meter.prompt

    def rendered(
        self,
        question: Prompt,
        window: int,
        told: Mapping[str, object],
        choices: Choices | None = None,
        cases: Sequence[SimilarCase] = (),
    ) -> Rendered:
        """The question about a window; `choices`: what the definitions of its schema may be, by name. `cases` stand behind it."""
        lines, channel = self.reading.windows[window], self.reading.channel
        behind = self.book.text(cases) if self.book else ""
        return render(question, lines, channel=channel, shots=0, choices=choices, told=told, cases=behind)

    async def ask(
        self, question: Prompt, rendered: Rendered, classes: Sequence[str] = (), cases: Sequence[SimilarCase] = ()
    ) -> FormReply | str:
        """The reply in form, or why there is none; `classes` share its cost, `cases` are those that it shows.

        Raises ModelUnavailable: then the run is tried again, and keeps what it paid for.
        """
        meter = self.meter
        if not meter.reserve(rendered):
            return self._failed("budget")
        meter.shown.update(cases)
        with tracing.span("model", prompt=meter.prompt.pin):
            try:
                reply = await ask_form(question, rendered, self.model)
            except ContextTooLong:
                return self._failed("context_too_long")
            except ModelRefused:
                return self._failed("model_refused")
        meter.replies.append(reply)
        meter.spent_on.append(tuple(dict.fromkeys(classes)) or (meter.step.kind.value,))
        return reply if reply.answer is not None else self._failed("model_answer_invalid")

    def _failed(self, why: str) -> str:
        self.meter.failures.append(why)
        return why


def portions(items: Sequence[T], most: int) -> list[Sequence[T]]:
    """The items in order, in as few portions as `most` allows, all of nearly the same size."""
    count = -(-len(items) // most) if items else 0
    return [items[len(items) * n // count : len(items) * (n + 1) // count] for n in range(count)]
