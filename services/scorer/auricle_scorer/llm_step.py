"""The LLM step: prompts over a digest, cut into context windows when it is too long for one request."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from auricle_contracts import Channel, CompressRequest, Digest, DigestLine, Level, Meaning, Transcript
from auricle_contracts.judges import Reasoning
from auricle_criteria import Prompt
from auricle_judging import (
    ContextTooLong,
    ModelRefused,
    PromptReply,
    Rendered,
    ask_prompt,
    context_windows,
    instructions,
    render,
)
from auricle_judging.client import APPROXIMATION
from auricle_kit import tracing

from auricle_scorer.concurrency import together
from auricle_scorer.metered import CountingModel
from auricle_scorer.neighbours import Neighbours

SHRINKING = (1.0, 0.5, 0.25, 0.12)
SHARED = 0.15  # of a window, for the lines that it shares with the one before it
MARKS, LINE_TOKENS = 1.5, 16  # labels and marks that a prompt adds to a digest: generous, since a count is one request


@dataclass(frozen=True)
class PromptLimits:
    """`context` in tokens, of one request; `shots` None: as the prompt says. `counter`: the model whose tokens those are.

    `reasoning`: whether that model writes why before it answers the prompts of criteria.
    """

    context: int
    max_windows: int
    shots: int | None
    counter: str = ""
    reasoning: Reasoning = Reasoning.SHORT


@dataclass(frozen=True)
class PromptContext:
    """What a prompt needs beside the transcript: the channel, what compression must keep, how deep it may cut, and
    the lists to choose from.
    """

    channel: Channel
    protect: tuple[str, ...]
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    meaning: Meaning = Meaning.EXTRACTIVE
    deepest: Level = Level.HARD


@dataclass(frozen=True)
class PromptAnswers:
    """What became of one prompt: a reply for each window, or the reason why there is none."""

    prompt: Prompt
    replies: tuple[PromptReply, ...] = ()
    unasked: str | None = None


@dataclass(frozen=True)
class ModelAnswers:
    """The digest that was read, what became of each prompt, the seconds of compression, and what had to give.

    `unasked` says why no prompt was asked at all; a prompt that failed alone says so itself, and the others keep their answers.
    """

    digest: Digest
    compressor_seconds: float
    prompts: tuple[PromptAnswers, ...] = ()
    flags: tuple[str, ...] = ()
    unasked: str | None = None

    @property
    def replies(self) -> tuple[PromptReply, ...]:
        """Of all prompts, in their order, and of each in the order of its windows."""
        return tuple(reply for one in self.prompts for reply in one.replies)

    @property
    def blank(self) -> dict[str, str]:
        """Why there is no answer, by prompt."""
        return {one.prompt.id: one.unasked for one in self.prompts if one.unasked is not None}


Windows = Sequence[tuple[DigestLine, ...]]


@dataclass(frozen=True)
class PromptRunner:
    """Asks prompts about one transcript. `rubrics` are counts of texts that every conversation repeats."""

    neighbours: Neighbours
    model: CountingModel
    rubrics: dict[str, int] = field(default_factory=dict)

    async def compress(
        self, transcript: Transcript, context: PromptContext, level: Level | None = None
    ) -> ModelAnswers:
        """The digest alone; `level` None: by density. A conversation of which nothing is left is given whole."""
        digest, seconds = await self._digest(transcript, context, level)
        if not digest.lines:
            digest, more = await self._digest(transcript, context, Level.RAW)
            seconds += more
        read = await asyncio.to_thread(without_instructions, digest)  # seconds for hostile text
        flags = () if read is digest else (instructions.FLAG,)
        if await asyncio.to_thread(_is_suspected, read):
            flags = (*flags, instructions.SUSPECTED_FLAG)
        return ModelAnswers(read, seconds, flags=flags, unasked=None if read.lines else "no_words")

    async def run(
        self,
        prompts: Sequence[Prompt],
        answers: ModelAnswers,
        transcript: Transcript,
        context: PromptContext,
        limits: PromptLimits,
    ) -> ModelAnswers:
        """Every prompt about the same windows of the digest, one after another, so that the server's cache serves all but the first.

        Raises the retryable errors of servers. A prompt that the server refuses alone is left blank.
        """
        if answers.unasked is not None or not prompts:
            return answers
        budget = min([await self._budget(prompt, context, limits) for prompt in prompts])
        answers, windows = await self._fit(answers, transcript, context, budget, limits)
        refused: list[ModelRefused] = []
        for prompt in prompts:
            with tracing.span("model", prompt=prompt.pin):
                try:
                    answers = await self._run(prompt, answers, windows, transcript, context, limits)
                except ModelRefused as error:
                    refused.append(error)
                    answers = _with(answers, PromptAnswers(prompt, unasked="model_refused"))
        if len(refused) == len(prompts):  # no prompt's own fault: a name, a key, a server of another kind
            raise refused[0]
        return answers

    async def windows(
        self, answers: ModelAnswers, rubrics: Sequence[str], max_tokens: int, limits: PromptLimits, overlap: int
    ) -> list[tuple[DigestLine, ...]]:
        """All of the digest, in windows beside the longest of these questions; neighbours share so many lines."""
        counts = [await self.count_rubric(text) for text in rubrics]
        budget = context_windows.room(limits.context, max(counts, default=0), max_tokens)
        if surely_fits(answers.digest, budget, limits.counter):
            return [answers.digest.lines]
        found = await context_windows.windows(answers.digest.lines, int(budget * (1 - SHARED)), self._count)
        return context_windows.overlapped(found, overlap)

    async def _run(
        self,
        prompt: Prompt,
        answers: ModelAnswers,
        windows: Windows,
        transcript: Transcript,
        context: PromptContext,
        limits: PromptLimits,
    ) -> ModelAnswers:
        """One prompt; where the server finds it too long after all, with less, and in the end not at all."""
        fitted, budget = answers, await self._budget(prompt, context, limits)
        for share in SHRINKING:
            if share < 1:
                fitted, windows = await self._fit(answers, transcript, context, int(budget * share), limits)
            try:
                replies = await self._ask(prompt, transcript, context, windows, limits)
            except ContextTooLong:
                continue
            return _with(fitted, PromptAnswers(prompt, replies), _flags(windows, limits))
        return _with(answers, PromptAnswers(prompt, unasked="context_too_long"))

    async def _fit(
        self, answers: ModelAnswers, transcript: Transcript, context: PromptContext, budget: int, limits: PromptLimits
    ) -> tuple[ModelAnswers, Windows]:
        """Windows of the digest; one that does not fit whole is cut as hard as the workspace lets it first."""
        if surely_fits(answers.digest, budget, limits.counter):
            return answers, [answers.digest.lines]
        windows = await context_windows.windows(answers.digest.lines, budget, self._count)
        if len(windows) == 1 or answers.digest.level is context.deepest:
            return answers, windows
        hard, seconds = await self._digest(transcript, context, context.deepest)
        read = await asyncio.to_thread(without_instructions, hard)
        if not read.lines:
            return answers, windows
        harder = replace(answers, digest=read, compressor_seconds=answers.compressor_seconds + seconds)
        return harder, await context_windows.windows(harder.digest.lines, budget, self._count)

    async def _ask(
        self,
        prompt: Prompt,
        transcript: Transcript,
        context: PromptContext,
        windows: Windows,
        limits: PromptLimits,
    ) -> tuple[PromptReply, ...]:
        """A reply for each of the first and last windows. One that fails ends the others: nothing is asked for nobody."""
        rendered = [
            _rendered(prompt, lines, context, limits) for lines in context_windows.ends(windows, limits.max_windows)
        ]
        return tuple(await together([ask_prompt(prompt, one, transcript, self.model) for one in rendered]))

    async def _budget(self, prompt: Prompt, context: PromptContext, limits: PromptLimits) -> int:
        """Tokens for the lines: the context without rubric, examples and answer."""
        nothing = _rendered(prompt, [EMPTY_LINE], context, limits)
        rubric = await self.count_rubric("\n".join(message["content"] for message in nothing.messages))
        return context_windows.room(limits.context, rubric, prompt.max_tokens)

    async def count_rubric(self, text: str) -> int:
        """Remembered once the model's own tokenizer has counted it."""
        if text in self.rubrics:
            return self.rubrics[text]
        counted = await self.model.count(text)
        if counted.counter != APPROXIMATION:
            self.rubrics[text] = counted.count
        return counted.count

    async def _digest(
        self, transcript: Transcript, context: PromptContext, level: Level | None
    ) -> tuple[Digest, float]:
        return await self.neighbours.compress(
            CompressRequest(
                transcript=transcript,
                level=level,
                deepest=context.deepest,
                protect=context.protect,
                meaning=context.meaning,
            )
        )

    async def _count(self, text: str) -> int:
        return (await self.model.count(text)).count


EMPTY_LINE = DigestLine.model_validate({"turns": (1,), "role": "unknown", "text": ""})


def _rendered(prompt: Prompt, lines: Sequence[DigestLine], context: PromptContext, limits: PromptLimits) -> Rendered:
    return render(
        prompt, lines, channel=context.channel, shots=limits.shots, choices=context.choices, reasoning=limits.reasoning
    )


def without_instructions(digest: Digest) -> Digest:
    """The digest without what is said to the judge (`auricle_judging.instructions`); the same one where nothing is."""
    lines, dropped, taken = instructions.withheld(digest.lines)
    return digest.model_copy(update={"lines": lines, "dropped": (*digest.dropped, *dropped)}) if taken else digest


def _is_suspected(digest: Digest) -> bool:
    return any(instructions.suspected(line.text) for line in digest.lines)


def surely_fits(digest: Digest, budget: int, counter: str) -> bool:
    """Whether the compressor's own count, by the same model's tokenizer, leaves so much room that nothing has to be counted again."""
    return digest.token_counter == counter and MARKS * digest.tokens_after + LINE_TOKENS * len(digest.lines) <= budget


def _with(answers: ModelAnswers, one: PromptAnswers, flags: tuple[str, ...] = ()) -> ModelAnswers:
    return replace(answers, prompts=(*answers.prompts, one), flags=(*answers.flags, *flags))


def _flags(windows: Windows, limits: PromptLimits) -> tuple[str, ...]:
    if len(windows) > limits.max_windows:
        return ("windows", "windows_skipped")
    return ("windows",) if len(windows) > 1 else ()
