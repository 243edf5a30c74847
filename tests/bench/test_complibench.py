"""`auricle bench complibench`: a public benchmark's dialogues through the flow, its guidelines as error classes; its three figures.

AURICLE_BENCH_DATA        the benchmark's folder (its licence is Apache-2.0; it is not part of this project)
AURICLE_BENCH_MODEL       a model server's address ending in /v1; the shipped judge, which cannot do it, is started where it is empty
AURICLE_BENCH_MODEL_NAME  the model, as the server calls it
AURICLE_BENCH_DIALOGUES   at most so many conversations, evenly out of all
AURICLE_BENCH_OUT         where the figures are written as JSON (empty: printed only)
"""

import asyncio
import json
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from auricle_contracts import Detection, DetectionState
from auricle_criteria import StepKind
from bench.checklist_model import bundle_of, shipped
from bench.complibench_data import Conversation, as_class, read_conversations
from bench.complibench_figures import Reported, Share, by_words, constant, figures, line
from bench.control_arms import asking, with_steps
from bench.test_control import shipped_judge

pytestmark = [pytest.mark.bench, pytest.mark.timeout(24 * 3600)]
STEPS = (StepKind.ROUTE, StepKind.DETECT, StepKind.VERIFY)


def test_complibench() -> None:
    conversations = _conversations()
    url, name = os.environ.get("AURICLE_BENCH_MODEL", ""), os.environ.get("AURICLE_BENCH_MODEL_NAME", "") or "judge"
    said, open_classes = asyncio.run(judged(conversations, url, name))
    arms: dict[str, Sequence[Reported] | None] = {
        "flow": said,
        "no turn reported": constant(conversations, report=False),
        "every turn reported": constant(conversations, report=True),
        "TF-IDF of the turn": by_words(conversations),
    }
    shares = {arm: figures(conversations, given) for arm, given in arms.items() if given is not None}
    asked = sum(len(one.guidelines) for one in conversations)
    print(f"\n{len(conversations)} conversations, {asked} guidelines asked about, {open_classes} of them left open")
    print(f"{'':26} " + " ".join(f"{figure:>30}" for figure in ("kept", "detected", "whole", "named")))
    print(*(line(arm, own, percent) for arm, own in shares.items()), sep="\n")
    for domain in sorted({one.domain for one in conversations}):
        rows = [n for n, one in enumerate(conversations) if one.domain == domain]
        own = figures([conversations[n] for n in rows], [said[n] for n in rows])
        print(line(f"flow, {domain}", own, percent))
    if not url:
        print(
            "The shipped judge was never trained on such questions: a dry run. The whole needs a larger model:\n"
            "  auricle bench complibench --data DIR --model-url http://…/v1 --model-name NAME"
        )
    _write(conversations, shares, url and name)


def _conversations() -> list[Conversation]:
    every = list(read_conversations(Path(os.environ["AURICLE_BENCH_DATA"])))
    most = int(os.environ.get("AURICLE_BENCH_DIALOGUES", "") or len(every))
    return every[:: max(1, len(every) // most)][:most]


async def judged(conversations: Sequence[Conversation], url: str, name: str) -> tuple[list[Reported], int]:
    """What the flow reports of each, and how many guidelines it left open."""
    said, left = [], 0
    async with AsyncExitStack() as stack:
        address = url or await stack.enter_async_context(shipped_judge())
        judge = await stack.enter_async_context(asking(address, name, ()))
        like = shipped().classes["blame"]
        for one in conversations:
            classes = [as_class(name, words, like) for name, words in one.guidelines.items()]
            answer = await judge.judged(with_steps(bundle_of(classes), STEPS), one.dialogue)
            said.append(reported(answer.detections))
            left += sum(found.state is DetectionState.UNDETERMINED for found in answer.detections.values())
    return said, left


def reported(detections: Mapping[str, Detection]) -> Reported:
    """By turn, the guidelines whose breach is quoted from it."""
    turns: dict[int, set[str]] = defaultdict(set)
    for name, one in detections.items():
        for quote in one.quotes if one.state is DetectionState.FOUND else ():
            turns[quote.turn].add(name)
    return {turn: frozenset(names) for turn, names in turns.items()}


def percent(share: Share) -> str:
    """With its interval and its n."""
    if share.value is None or share.interval is None:
        return "–"
    low, high = share.interval
    return f"{100 * share.value:.1f} % ({100 * low:.1f}-{100 * high:.1f}) of {share.of}"


def _write(conversations: Sequence[Conversation], shares: Mapping[str, Mapping[str, Share]], model: str) -> None:
    out = os.environ.get("AURICLE_BENCH_OUT", "")
    if out:
        facts = {
            "command": "auricle bench complibench",
            "date": datetime.now(UTC).date().isoformat(),
            "model": model or "the shipped judge: a dry run",
            "conversations": len(conversations),
            "figures": {arm: {name: one.as_json() for name, one in own.items()} for arm, own in shares.items()},
        }
        Path(out).write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", "utf-8")
