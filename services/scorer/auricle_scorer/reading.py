"""The model layer: the digest is fitted into the context, each window is put to the model once, and nothing is too long."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from auricle_contracts import Channel, CompressRequest, Digest, DigestLine, Level, Meaning, Transcript
from auricle_criteria import Prompt
from auricle_judging import ContextTooLong, Reply, fitting, put, render
from auricle_judging.client import APPROXIMATION

from auricle_scorer.metered import CountingModel
from auricle_scorer.neighbours import Neighbours

SHRINKING = (1.0, 0.5, 0.25, 0.12)


@dataclass(frozen=True)
class ReadingLimits:
    """`context` in tokens, of one request; `shots` None: as the prompt says."""

    context: int
    max_windows: int
    shots: int | None


@dataclass(frozen=True)
class Question:
    """What a question needs beside the words: how the conversation was held, what must stay uncut, how deep the rest may be cut, and
    the lists to choose from.
    """

    channel: Channel
    protect: tuple[str, ...]
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    meaning: Meaning = Meaning.EXTRACTIVE
    deepest: Level = Level.HARD


@dataclass(frozen=True)
class Reading:
    """What the model read and said: the digest, a reply for each window, the seconds of compression, and what had to give."""

    digest: Digest
    replies: tuple[Reply, ...]
    compressor_seconds: float
    flags: tuple[str, ...] = ()
    unasked: str | None = None


@dataclass(frozen=True)
class Reader:
    """Puts one prompt about one transcript. `rubrics` are counts of texts that every conversation repeats."""

    neighbours: Neighbours
    model: CountingModel
    rubrics: dict[str, int] = field(default_factory=dict)

    async def compress(self, transcript: Transcript, question: Question, level: Level | None = None) -> Reading:
        """The digest alone; `level` None: by density. A conversation of which nothing is left is given whole."""
        digest, seconds = await self._digest(transcript, question, level)
        if not digest.lines:
            digest, more = await self._digest(transcript, question, Level.RAW)
            seconds += more
        return Reading(digest, (), seconds, unasked=None if digest.lines else "no_words")

    async def read(
        self, prompt: Prompt, reading: Reading, transcript: Transcript, question: Question, limits: ReadingLimits
    ) -> Reading:
        """Ask about the digest; where the server still finds it too long, ask with less. Errors of the servers pass through."""
        budget = await self._budget(prompt, question, limits)
        for share in SHRINKING:
            fitted, windows = await self._fit(reading, transcript, question, int(budget * share))
            try:
                replies = await self._ask(
                    prompt, transcript, question, fitting.ends(windows, limits.max_windows), limits
                )
            except ContextTooLong:
                continue
            return replace(fitted, replies=(*fitted.replies, *replies), flags=(*fitted.flags, *_flags(windows, limits)))
        return replace(reading, unasked="context_too_long")

    async def _fit(
        self, reading: Reading, transcript: Transcript, question: Question, budget: int
    ) -> tuple[Reading, list[tuple[DigestLine, ...]]]:
        """Windows of the digest; one that does not fit whole is cut as hard as the workspace lets it first."""
        windows = await fitting.windows(reading.digest.lines, budget, self._count)
        if len(windows) == 1 or reading.digest.level is question.deepest:
            return reading, windows
        hard, seconds = await self._digest(transcript, question, question.deepest)
        if not hard.lines:
            return reading, windows
        harder = replace(reading, digest=hard, compressor_seconds=reading.compressor_seconds + seconds)
        return harder, await fitting.windows(hard.lines, budget, self._count)

    async def _ask(
        self,
        prompt: Prompt,
        transcript: Transcript,
        question: Question,
        windows: Sequence[Sequence[DigestLine]],
        limits: ReadingLimits,
    ) -> tuple[Reply, ...]:
        asked = [
            render(prompt, lines, channel=question.channel, shots=limits.shots, choices=question.choices)
            for lines in windows
        ]
        return tuple(await asyncio.gather(*(put(prompt, rendered, transcript, self.model) for rendered in asked)))

    async def _budget(self, prompt: Prompt, question: Question, limits: ReadingLimits) -> int:
        """Tokens for the lines: the context without rubric, examples and answer."""
        nothing = render(prompt, [EMPTY_LINE], channel=question.channel, shots=limits.shots, choices=question.choices)
        rubric = await self.count_rubric("\n".join(message["content"] for message in nothing.messages))
        return fitting.room(limits.context, rubric, prompt.max_tokens)

    async def count_rubric(self, text: str) -> int:
        """Remembered once the model's own tokenizer has counted it."""
        if text in self.rubrics:
            return self.rubrics[text]
        counted = await self.model.count(text)
        if counted.counter != APPROXIMATION:
            self.rubrics[text] = counted.count
        return counted.count

    async def _digest(self, transcript: Transcript, question: Question, level: Level | None) -> tuple[Digest, float]:
        return await self.neighbours.compress(
            CompressRequest(
                transcript=transcript,
                level=level,
                deepest=question.deepest,
                protect=question.protect,
                meaning=question.meaning,
            )
        )

    async def _count(self, text: str) -> int:
        return (await self.model.count(text)).count


EMPTY_LINE = DigestLine.model_validate({"turns": (1,), "role": "unknown", "text": ""})


def _flags(windows: Sequence[object], limits: ReadingLimits) -> tuple[str, ...]:
    if len(windows) > limits.max_windows:
        return ("windows", "windows_skipped")
    return ("windows",) if len(windows) > 1 else ()
