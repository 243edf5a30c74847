"""`auricle bench fairness`: which share of verdicts flips when a dialogue is said otherwise in what no verdict may rest on.

AURICLE_BENCH_MODEL       a model server's address ending in /v1: the judge is asked too, through the scorer's flow (empty: rules alone)
AURICLE_BENCH_MODEL_NAME  the model, as the server calls it
AURICLE_BENCH_DIALOGUES   how many dialogues the judge gets, the first of the held-out set (rules get all)
AURICLE_BENCH_OUT         where the figures are written as JSON (empty: printed only)

A verdict is what is said of one error class or criterion: another state is a flip, another value, or a score more than ten points away.
Verdicts of a dialogue go together, so the interval is a bootstrap over dialogues. "Same" asks the unchanged one again: the floor of noise.
"""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import auricle_samples
import pytest
from auricle_contracts import AnswerValue, Channel, Direction, Layer, Role, RulesRequest, Transcript, Turn
from auricle_criteria import Bundle, Library
from auricle_judging import ModelClient
from auricle_kit.shares import wilson
from auricle_languages import Languages
from auricle_masking import Detector
from auricle_rules.answering import RuleSet
from auricle_scorer.scoring import Served, Subject
from auricle_scorer.settings import ScorerSettings
from auricle_scorer.wiring import scorer
from bench.counterfactuals import CHANGES, Said
from integration.scorer.conftest import compressor_and_rules

pytestmark = [pytest.mark.bench, pytest.mark.timeout(7200)]
PROMPTS = Path("prompts")
HELD_OUT = Path(auricle_samples.__file__).parent / "dialogues" / "written" / "heldout.jsonl"
GOAL = 0.03
SAME_POINTS = 10
RESAMPLES, SEED = 2000, 13
CONTEXT = 4096
Verdicts = Mapping[str, tuple[str, AnswerValue]]
Judge = Callable[[Said], Awaitable[Verdicts]]


@dataclass(frozen=True)
class Flips:
    """One way of saying it otherwise. `low` to `high` is the 95 % interval of the share; `any_*` is of dialogues with a flip."""

    judge: str
    change: str
    dialogues: int
    verdicts: int
    flips: int
    share: float
    low: float
    high: float
    any_flips: int
    any_high: float
    worst: tuple[str, ...]


def read() -> list[Said]:
    lines = [json.loads(line) for line in HELD_OUT.read_text(encoding="utf-8").splitlines()]
    return [
        Said(one["id"], one["lang"], one["channel"], tuple((role, text) for role, text in one["turns"]))
        for one in lines
    ]


def transcript(said: Said) -> Transcript:
    turns = tuple(
        Turn(id=number, participant=role, role=Role(role), text=text)
        for number, (role, text) in enumerate(said.turns, 1)
    )
    return Transcript(conversation_id=said.id, turns=turns, language=said.language)


def by_rules() -> Judge:
    """Every class that rules decide."""
    rules = RuleSet.read(PROMPTS / "rules", Languages.load(PROMPTS), Detector.load(PROMPTS), 0.0)

    async def judge(said: Said) -> Verdicts:
        request = RulesRequest(transcript=transcript(said), channel=Channel(said.channel), metadata={}, classes=None)
        return {one.error_class: (one.state.value, None) for one in rules.answer(request).detections}

    return judge


def is_flip(one: tuple[str, AnswerValue], other: tuple[str, AnswerValue]) -> bool:
    if one[0] != other[0]:
        return True
    both = (one[1], other[1])
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in both):
        return abs(float(both[0] or 0) - float(both[1] or 0)) > SAME_POINTS
    return both[0] != both[1]


async def measured(judge: Judge, name: str, dialogues: Sequence[Said]) -> list[Flips]:
    before = {one.id: await judge(one) for one in dialogues}
    found = [await _flips(judge, name, "same", before, [(one.id, one) for one in dialogues])]
    for change, make in CHANGES.items():
        changed = [(one.id, other) for one in dialogues if (other := make(one)) is not None]
        found.append(await _flips(judge, name, change, before, changed))
    return found


async def _flips(
    judge: Judge, name: str, change: str, before: Mapping[str, Verdicts], changed: Sequence[tuple[str, Said]]
) -> Flips:
    counts: list[tuple[int, int]] = []
    subjects: dict[str, int] = {}
    for which, said in changed:
        after = await judge(said)
        both = before[which].keys() & after.keys()
        flipped = [one for one in sorted(both) if is_flip(before[which][one], after[one])]
        counts.append((len(flipped), len(both)))
        for one in flipped:
            subjects[one] = subjects.get(one, 0) + 1
    flips, verdicts = (sum(one[at] for one in counts) for at in (0, 1))
    low, high = _interval(counts)
    any_flips = sum(one > 0 for one, _ in counts)
    worst = tuple(sorted(subjects, key=lambda one: (-subjects[one], one))[:3])
    return Flips(
        judge=name, change=change, dialogues=len(counts), verdicts=verdicts, flips=flips,
        share=round(flips / verdicts, 4) if verdicts else 0.0, low=low, high=high, any_flips=any_flips,
        any_high=round(wilson(any_flips, len(counts))[1], 4), worst=worst,
    )  # fmt: skip


def _interval(counts: Sequence[tuple[int, int]]) -> tuple[float, float]:
    """The percentile interval over resampled dialogues; without a flip from nothing to Wilson's upper end of dialogues with one."""
    if not any(one for one, _ in counts):
        return 0.0, round(wilson(0, len(counts))[1], 4)
    lot = Random(SEED)
    drawn = []
    for _ in range(RESAMPLES):
        picked = lot.choices(counts, k=len(counts))
        drawn.append(sum(one for one, _ in picked) / max(1, sum(of for _, of in picked)))
    drawn.sort()
    return round(drawn[int(0.025 * RESAMPLES)], 4), round(drawn[int(0.975 * RESAMPLES)], 4)


async def by_model(url: str, dialogues: Sequence[Said]) -> list[Flips]:
    """What the scorecard asks a model, as the scorer asks it."""
    name = os.environ.get("AURICLE_BENCH_MODEL_NAME", "judge")
    async with compressor_and_rules(timeout_s=120) as neighbours, ModelClient(url, name) as client:
        model = await client.served()
        assert model is not None, f"{url} does not serve {name}"
        served = Served(name, "cpu", model.demo_weights, model.context or CONTEXT, model.weights)
        settings = ScorerSettings(prompts_dir=PROMPTS, model_url=url, model_name=name, raw_share=0.0)
        parts = scorer(settings, neighbours, client).pinned_to(Bundle.of(Library.read(PROMPTS), "sales"))

        async def judge(said: Said) -> Verdicts:
            about = Subject(transcript(said), Channel(said.channel), Direction.INBOUND, None, {})
            evaluation = (await parts.score(about, served, recipe="bench")).evaluation
            answers = {
                one.criterion: (one.state.value, one.value) for one in evaluation.answers if one.layer is Layer.MODEL
            }
            return answers | {one.error_class: (one.state.value, None) for one in evaluation.outcomes}

        return await measured(judge, name, dialogues)


def test_fairness() -> None:
    dialogues, url = read(), os.environ.get("AURICLE_BENCH_MODEL", "")
    found = asyncio.run(measured(by_rules(), "rules", dialogues))
    if url:
        most = int(os.environ.get("AURICLE_BENCH_DIALOGUES", "40"))
        found += asyncio.run(by_model(url, dialogues[:most]))
    print("", f"goal: at most {GOAL:.0%} of verdicts flip", sep="\n")
    for one in found:
        print(
            f"{one.judge:10} {one.change:10} n {one.dialogues:4} verdicts {one.verdicts:5} flips {one.flips:4}"
            f" {one.share:7.2%} ({one.low:.2%}-{one.high:.2%})  dialogues with one {one.any_flips}  {', '.join(one.worst)}"
        )
    out = os.environ.get("AURICLE_BENCH_OUT", "")
    if out:
        facts = {
            "command": "auricle bench fairness" + (" --model-url …" if url else ""),
            "date": datetime.now(UTC).date().isoformat(),
            "set": "held-out dialogues (written/heldout.jsonl)",
            "goal": GOAL,
            "rows": [asdict(one) for one in found],
        }
        Path(out).write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
