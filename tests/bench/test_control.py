"""`auricle bench control`: the flow beside one prompt that asks everything at once, on the same labelled dialogues, at equal recall.

AURICLE_BENCH_DATA, AURICLE_BENCH_SET, AURICLE_BENCH_OUT   as in `auricle bench checklist`
AURICLE_BENCH_MODEL       a model server's address ending in /v1; the shipped judge is started where it is empty
AURICLE_BENCH_CLASSES     ids of classes, by "," (all that a prompt can be asked about where it is empty)
AURICLE_BENCH_DIALOGUES   at most so many dialogues, evenly out of the set
AURICLE_BENCH_CANDIDATE   where the flow is written that asks `verify` of no class for which it does not pay

Arms run one after another over the whole set, so a server's cache hands nothing from one to the next unless it holds all dialogues.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from auricle_contracts import DetectionState
from auricle_criteria import ErrorClass, Flow, Library, StepKind, read_classes
from auricle_criteria.documents import as_yaml
from auricle_llm import app, wiring
from auricle_llm.settings import Settings
from auricle_samples.dialogues.written.errors import MarkedDialogue, read_marked
from bench.control_arms import Arm, Cost, Said, asking, compared, confidence
from bench.control_figures import Point, Verdict, Worth, at_equal_recall, difference, point, worth
from bench.test_checklist import PROMPTS, data_files
from integration.scorer.conftest import running

pytestmark = [pytest.mark.bench, pytest.mark.timeout(24 * 3600)]
ARMS = (Arm.ONE_PROMPT, Arm.SPLIT, Arm.FLOW)


def test_control() -> None:
    dialogues = _dialogues()
    names = tuple(filter(None, os.environ.get("AURICLE_BENCH_CLASSES", "").split(",")))
    classes = compared(read_classes(PROMPTS).values(), names)
    said = asyncio.run(_asked(dialogues, classes))
    verdicts = {arm: verdicts_of(said[arm], dialogues, classes) for arm in ARMS}
    equal = dict(zip(ARMS, at_equal_recall([verdicts[arm] for arm in ARMS], len(dialogues)), strict=True))
    print(f"\n{len(dialogues)} dialogues, {len(classes)} classes; each arm as it is")
    print(HEAD, *(row(arm, point(verdicts[arm], len(dialogues)), verdicts[arm]) for arm in ARMS), sep="\n")
    print("at equal recall", HEAD, *(row(arm, equal[arm], verdicts[arm]) for arm in ARMS), sep="\n")
    more = difference(verdicts[Arm.FLOW], verdicts[Arm.ONE_PROMPT], (equal[Arm.FLOW], equal[Arm.ONE_PROMPT]))
    print(
        f"false alarms per 1,000 of the flow less those of one prompt: {more[0]:.0f} ({more[1]:.0f} to {more[2]:.0f})"
    )
    print("a dialogue, mean", COSTS, *(cost_row(arm, [one.cost for one in said[arm]]) for arm in ARMS), sep="\n")
    verify = [worth(one.id, verdicts[Arm.SPLIT], verdicts[Arm.FLOW]) for one in classes]
    split = [worth(one.id, verdicts[Arm.ONE_PROMPT], verdicts[Arm.SPLIT]) for one in classes]
    print(WORTH, *(worth_row(*both) for both in zip(verify, split, strict=True)), sep="\n")
    _write(dialogues, classes, verdicts, equal, said, (verify, split))
    _write_candidate(verify)


def _dialogues() -> list[MarkedDialogue]:
    every = [one for path in data_files() for one in read_marked(path)]
    most = int(os.environ.get("AURICLE_BENCH_DIALOGUES", "") or len(every))
    return every[:: max(1, len(every) // most)][:most]


async def _asked(dialogues: Sequence[MarkedDialogue], classes: Sequence[ErrorClass]) -> Mapping[Arm, Sequence[Said]]:
    name = os.environ.get("AURICLE_BENCH_MODEL_NAME", "") or "judge"
    async with AsyncExitStack() as stack:
        url = os.environ.get("AURICLE_BENCH_MODEL", "") or await stack.enter_async_context(shipped_judge())
        judge = await stack.enter_async_context(asking(url, name, classes))
        return {arm: [await judge.ask(arm, one) for one in dialogues] for arm in ARMS}


@asynccontextmanager
async def shipped_judge() -> AsyncIterator[str]:
    """The address of services/llm over models/judge."""
    async with wiring.wire(Settings()) as parts, running(app.create(parts)) as address:
        yield f"{address}/v1"


def verdicts_of(
    said: Sequence[Said], dialogues: Sequence[MarkedDialogue], classes: Sequence[ErrorClass]
) -> list[Verdict]:
    """Of every class in every dialogue of its channels, in one order for all arms."""
    return [
        Verdict(
            number, one.id, one.id in dialogue.classes, confidence(said[number], one.id),
            open=one.id in said[number].detections
            and said[number].detections[one.id].state is DetectionState.UNDETERMINED,
        )
        for number, dialogue in enumerate(dialogues)
        for one in classes
        if dialogue.channel in one.opportunity.channels
    ]  # fmt: skip


HEAD = f"{'arm':11} {'from':>6} {'real':>5} {'right':>5} {'false':>6} {'open':>6} {'recall':>17} {'precision':>17} {'false/1000':>20}"
COSTS = f"{'arm':11} {'calls':>6} {'read':>8} {'cached':>8} {'written':>8} {'seconds':>8}"
WORTH = (
    f"{'class':30} {'verify: better':>14} {'worse':>6} {'of':>4}  {'':16} {'split: better':>13} {'worse':>6} {'of':>4}"
)


def row(arm: Arm, at: Point, verdicts: Sequence[Verdict]) -> str:
    """One arm at one threshold."""
    low, high = at.false_per_1000_95
    alarms = f"{at.false_per_1000:.0f} ({low:.0f}-{high:.0f})"
    return (
        f"{arm:11} {at.threshold:6.3f} {at.real:5} {at.right:5} {at.false:6} {sum(one.open for one in verdicts):6}"
        f" {_share(at.recall, at.recall_95):>17} {_share(at.precision, at.precision_95):>17} {alarms:>20}"
    )


def _share(value: float | None, interval: tuple[float, float] | None) -> str:
    return "–" if value is None or interval is None else f"{value:.2f} ({interval[0]:.2f}-{interval[1]:.2f})"


def cost_row(arm: Arm, costs: Sequence[Cost]) -> str:
    """What an arm takes of the model, a dialogue on average."""
    mean = _mean(costs)
    cached = "–" if mean["tokens_cached"] is None else f"{mean['tokens_cached']:.0f}"
    return (
        f"{arm:11} {mean['calls']:6.1f} {mean['tokens_in']:8.0f} {cached:>8} {mean['tokens_out']:8.0f}"
        f" {mean['seconds']:8.2f}"
    )


def _mean(costs: Sequence[Cost]) -> dict[str, float | None]:
    told = [one.tokens_cached for one in costs if one.tokens_cached is not None]
    sums = {
        "calls": sum(one.calls for one in costs),
        "tokens_in": sum(one.tokens_in for one in costs),
        "tokens_out": sum(one.tokens_out for one in costs),
        "seconds": sum(one.seconds for one in costs),
    }
    return {name: total / len(costs) for name, total in sums.items()} | {
        "tokens_cached": sum(told) / len(costs) if told else None
    }


def worth_row(verify: Worth, split: Worth) -> str:
    """Whether verify, and the split, pay for a class."""
    return (
        f"{verify.error_class:30} {verify.better:14} {verify.worse:6} {verify.proposed:4}  {verify.verdict:16}"
        f" {split.better:13} {split.worse:6} {split.proposed:4}  {split.verdict}"
    )


def _write(
    dialogues: Sequence[MarkedDialogue],
    classes: Sequence[ErrorClass],
    verdicts: Mapping[Arm, Sequence[Verdict]],
    equal: Mapping[Arm, Point],
    said: Mapping[Arm, Sequence[Said]],
    both: tuple[Sequence[Worth], Sequence[Worth]],
) -> None:
    out = os.environ.get("AURICLE_BENCH_OUT", "")
    if not out:
        return
    facts = {
        "command": "auricle bench control",
        "date": datetime.now(UTC).date().isoformat(),
        "model": os.environ.get("AURICLE_BENCH_MODEL_NAME", "") or "judge",
        "dialogues": len(dialogues),
        "classes": [one.id for one in classes],
        "arms": {
            arm: {
                "as_it_is": point(verdicts[arm], len(dialogues)).as_json(),
                "at_equal_recall": equal[arm].as_json(),
                "cost": _mean([one.cost for one in said[arm]]),
            }
            for arm in ARMS
        },
        **{
            step: [asdict(one) | {"verdict": one.verdict} for one in table]
            for step, table in zip(("verify", "split"), both, strict=True)
        },
    }
    Path(out).write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _write_candidate(verify: Sequence[Worth]) -> None:
    path = os.environ.get("AURICLE_BENCH_CANDIDATE", "")
    if path:
        without = tuple(one.error_class for one in verify if one.is_off)
        Path(path).write_text(as_yaml(candidate(Library.read(PROMPTS).flows["checklist"], without)), "utf-8")
        print(f"{path}: verify is off for {len(without)} classes; auricle artefacts add flow {path} --candidate")


def candidate(flow: Flow, without: tuple[str, ...]) -> Flow:
    """The flow whose `verify` lets what is proposed of these classes stand."""
    steps = tuple(
        step.model_copy(update={"without": without}) if step.kind is StepKind.VERIFY else step for step in flow.steps
    )
    note = f"verify is off for {len(without)} classes: measured by auricle bench control."
    return flow.model_copy(update={"version": flow.version + 1, "note": note, "steps": steps})
