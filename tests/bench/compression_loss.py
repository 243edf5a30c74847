"""What compression costs the judge: the same held-out dialogues scored uncut and at each level, through the scorer's own reading.

Answers are kept in a file by what made them (weights, prompt, words), so that a run that was broken off goes on where it was.
"""

import hashlib
import json
import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median, stdev
from typing import Any, Literal

from auricle_contracts import AnswerState, CompressRequest, Digest, Level, RulesReply
from auricle_criteria import Library, Prompt, Scorecard
from auricle_judging import ChatMessage, Completion, ModelClient, TokenCount
from auricle_samples.dialogues import Dialogue, Mark
from auricle_scorer.judgement import Case, Doubt, answers
from auricle_scorer.llm_step import ModelAnswers, PromptContext, PromptLimits, PromptRunner
from auricle_scorer.neighbours import Neighbours

LEVELS: Mapping[str, Level | None] = {
    "raw": Level.RAW, "by density": None, "light": Level.LIGHT, "medium": Level.MEDIUM, "hard": Level.HARD,
}  # fmt: skip
SCORES = ("politeness", "objection_handling", "sale_chance")
CONFLICT = {Mark.RUDENESS, Mark.BLAME, Mark.FORBIDS, Mark.INTERRUPTION, Mark.IMPATIENCE}
RESAMPLES = 1000
POINT = 1.0
Z95 = 1.96
Class = Literal["plain", "ordinary", "conflict"]


@dataclass(frozen=True)
class Scored:
    """One dialogue at one level: what the model said by criterion (None: nothing), how many of its answers had a quote that was
    found again, tokens that it read, and what it took.
    """

    dialogue: str
    level: str
    values: Mapping[str, float | str | None]
    grounded: int
    tokens: int
    compress_ms: float
    model_seconds: float


@dataclass(frozen=True)
class Bench:
    """The parts that score. `fingerprint` names the weights and the prompt."""

    neighbours: Neighbours
    model: ModelClient
    prompt: Prompt
    scorecard: Scorecard
    fingerprint: str
    store: Path
    context: int = 4096

    @classmethod
    def over(cls, neighbours: Neighbours, model: ModelClient, prompts: Path, weights: Path, store: Path) -> "Bench":
        """The shipped scorecard and prompt over these weights."""
        library = Library.read(prompts)
        prompt = library.prompts["evaluate"]
        content = b"".join(path.read_bytes() for path in sorted(weights.glob("*.gguf")))
        fingerprint = f"{hashlib.sha256(content).hexdigest()[:16]} {prompt.pin}"
        return cls(neighbours, model, prompt, library.scorecard("sales"), fingerprint, store)

    async def run(self, dialogues: Sequence[Dialogue], said: Callable[[str], None]) -> list[Scored]:
        """Every dialogue at every level; equal digests are put to the model once."""
        known = self._known()
        done = []
        for number, dialogue in enumerate(dialogues, start=1):
            done += [await self._scored(dialogue, level, known) for level in LEVELS]
            said(f"{number} of {len(dialogues)} dialogues")
        return done

    async def _scored(self, dialogue: Dialogue, level: str, known: dict[str, dict[str, Any]]) -> Scored:
        protect = tuple(sorted({name for criterion in self.scorecard.criteria for name in criterion.protect}))
        request = CompressRequest(transcript=dialogue.transcript(), level=LEVELS[level], protect=protect)
        digest, seconds = await self.neighbours.compress(request)
        if not digest.lines:
            digest, seconds = await self.neighbours.compress(request.model_copy(update={"level": Level.RAW}))
        key = self._key(dialogue, digest)
        if key not in known:
            known[key] = await self._asked(dialogue, digest, protect)
            with self.store.open("a", encoding="utf-8") as store:
                store.write(json.dumps({"key": key, "reply": known[key]}, ensure_ascii=False) + "\n")
        reply = known[key]
        return Scored(
            dialogue.id,
            level,
            reply["values"],
            reply["grounded"],
            digest.tokens_after,
            1000 * seconds,
            reply["seconds"],
        )

    async def _asked(self, dialogue: Dialogue, digest: Digest, protect: tuple[str, ...]) -> dict[str, Any]:
        heard = Heard(self.model)
        runner = PromptRunner(self.neighbours, heard)
        context, limits = PromptContext(dialogue.channel, protect), PromptLimits(self.context, 8, None)
        said = dialogue.transcript()
        asked = await runner.run([self.prompt], ModelAnswers(digest, 0.0), said, context, limits)
        rules = RulesReply(version="", answers=())
        case = Case(
            self.scorecard, said, {}, rules, asked.replies, Doubt(0.0, 0.0), unasked=asked.unasked, blank=asked.blank
        )
        own = [one for one in answers(case) if one.criterion in self.prompt.serves]
        return {
            "values": heard.values(self.prompt.serves),
            "grounded": sum(one.state is AnswerState.ANSWERED for one in own),
            "seconds": sum(reply.seconds for reply in asked.replies),
        }

    def _key(self, dialogue: Dialogue, digest: Digest) -> str:
        words = "\n".join(f"{line.turns} {line.role} {line.text}" for line in digest.lines)
        return hashlib.sha256(f"{self.fingerprint}\n{dialogue.channel}\n{words}".encode()).hexdigest()

    def _known(self) -> dict[str, dict[str, Any]]:
        self.store.parent.mkdir(parents=True, exist_ok=True)
        if not self.store.exists():
            return {}
        lines = (json.loads(line) for line in self.store.read_text("utf-8").splitlines())
        return {line["key"]: line["reply"] for line in lines}


class Heard(ModelClient):
    """The same client, and what it was told: the loss is of what the model says, whether or not its quote is found."""

    def __init__(self, model: ModelClient) -> None:
        self._model = model
        self._said: list[dict[str, Any]] = []

    async def ask(
        self,
        messages: Sequence[ChatMessage],
        schema: Mapping[str, Any],
        *,
        temperature: float,
        max_tokens: int,
        seed: int = 0,
    ) -> Completion:
        completion = await self._model.ask(messages, schema, temperature=temperature, max_tokens=max_tokens, seed=seed)
        if completion.finished:
            self._said.append(json.loads(completion.text))
        return completion

    async def count(self, text: str) -> TokenCount:
        return await self._model.count(text)

    def values(self, names: Sequence[str]) -> dict[str, float | str | None]:
        """Of a long dialogue's windows: scores by their mean, the stage by the last."""
        return {name: self._value([one[name]["value"] for one in self._said if "value" in one[name]]) for name in names}

    @staticmethod
    def _value(said: Sequence[float | str]) -> float | str | None:
        scores = [float(one) for one in said if not isinstance(one, str)]
        return fmean(scores) if scores else (said[-1] if said else None)


def density_class(dialogue: Dialogue) -> Class:
    """By what the generator put in, not by what the compressor thinks of it."""
    marks = {seen.mark for seen in dialogue.truth.seen}
    if marks & CONFLICT:
        return "conflict"
    return "ordinary" if Mark.OBJECTION in marks else "plain"


def losses(scored: Sequence[Scored], dialogues: Sequence[Dialogue]) -> list[dict[str, Any]]:
    """Level by class: tokens kept, and for each criterion how much worse than uncut, in points (of MAE; of accuracy for the stage)."""
    by_id = {dialogue.id: dialogue for dialogue in dialogues}
    table: dict[tuple[str, str], Scored] = {(one.dialogue, one.level): one for one in scored}
    rows = []
    for group in ("plain", "ordinary", "conflict", "all"):
        own = [one for one in by_id.values() if group in ("all", density_class(one))]
        for level in LEVELS:
            if level != "raw" and own:
                pairs = [(one, table[one.id, "raw"], table[one.id, level]) for one in own]
                rows.append({"level": level, "calls": group, "n": len(own)} | _compared(pairs))
    return rows


def _compared(pairs: Sequence[tuple[Dialogue, Scored, Scored]]) -> dict[str, Any]:
    before, after = sum(raw.tokens for _, raw, _ in pairs), sum(cut.tokens for _, _, cut in pairs)
    return {
        "tokens_kept_percent": round(100 * after / before, 1),
        "loss_points": {name: _loss(name, pairs) for name in (*SCORES, "stage")},
        "grounded_percent": [_grounded([one for _, one, _ in pairs]), _grounded([one for _, _, one in pairs])],
        "same_answer_percent": round(100 * fmean(raw.values == cut.values for _, raw, cut in pairs), 1),
    }


def _grounded(scored: Sequence[Scored]) -> float:
    """Answers whose quote was found again, of all that the prompt asks for."""
    return round(100 * sum(one.grounded for one in scored) / sum(len(one.values) for one in scored), 1)


def _loss(name: str, pairs: Sequence[tuple[Dialogue, Scored, Scored]]) -> dict[str, float | int | None]:
    """Paired: the error of the compressed answer less that of the uncut one, where truth and both answers exist."""
    differences = [
        _error(name, dialogue, cut) - _error(name, dialogue, raw)
        for dialogue, raw, cut in pairs
        if getattr(dialogue.truth, name) is not None and None not in (raw.values[name], cut.values[name])
    ]
    if len(differences) < 2:
        return {"mean": None, "n": len(differences)}
    dice = random.Random(0)
    means = sorted(fmean(dice.choices(differences, k=len(differences))) for _ in range(RESAMPLES))
    return {
        "mean": round(fmean(differences), 2),
        "low": round(means[int(0.025 * RESAMPLES)], 2),
        "high": round(means[int(0.975 * RESAMPLES) - 1], 2),
        "n": len(differences),
        "n_for_one_point": math.ceil((Z95 * stdev(differences) / POINT) ** 2),
    }


def _error(name: str, dialogue: Dialogue, one: Scored) -> float:
    """Points away from the truth; a wrong stage is 100 points, so that the mean is accuracy in points."""
    truth, value = getattr(dialogue.truth, name), one.values[name]
    if name == "stage":
        return 0.0 if value == truth.value else 100.0
    return abs(float(truth) - float(value or 0.0))


def speed(scored: Sequence[Scored]) -> dict[str, float]:
    """Medians of this run; the compressor over HTTP, counting tokens included."""
    raw = [one for one in scored if one.level == "raw"]
    compressed = [one for one in scored if one.level == "by density"]
    ms, seconds = median(one.compress_ms for one in compressed), median(one.model_seconds for one in raw)
    return {
        "compressor_http_ms_median": round(ms, 2),
        "model_call_uncut_s_median": round(seconds, 3),
        "model_call_by_density_s_median": round(median(one.model_seconds for one in compressed), 3),
        "model_call_is_times_slower": round(1000 * seconds / ms, 1),
    }
