"""`auricle bench swap`: does the verdict follow the definition? A strict and a lenient one of each class, and probes on the border.

AURICLE_BENCH_MODEL       a model server's address ending in /v1: classes that a prompt finds are asked there; empty: rules only
AURICLE_BENCH_MODEL_NAME  the model, as the server calls it
AURICLE_BENCH_OUT         where the figures are written as JSON (empty: printed only)
"""

import asyncio
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from auricle_contracts import DetectionState
from auricle_criteria import read_classes
from auricle_kit import shares
from auricle_languages import Languages
from auricle_masking import Detector
from auricle_rules.answering import RuleSet
from bench import checklist_model
from bench.swap_twins import SIDES, Swap, follows, read_swaps, swapped_class, swapped_rules
from bench.test_checklist import PROMPTS, by_rules

pytestmark = [pytest.mark.bench, pytest.mark.timeout(6 * 3600)]
States = Mapping[str, Sequence[DetectionState | None]]
"""By side, in the order of the probes."""


@dataclass(frozen=True)
class Followed:
    """Of one class: verdicts that are their definition's, and border probes of which both are."""

    error_class: str
    by: str
    verdicts: int
    followed: int
    borders: int
    turned: int


def followed(swap: Swap, states: States) -> Followed:
    """Of all probes under both definitions."""
    right = {
        side: [follows(state, getattr(one, side)) for one, state in zip(swap.probes, states[side], strict=True)]
        for side in SIDES
    }
    both = [strict and lenient for strict, lenient in zip(right["strict"], right["lenient"], strict=True)]
    borders = [turned for one, turned in zip(swap.probes, both, strict=True) if one.is_border]
    return Followed(
        swap.id,
        "rule" if swap.by_rule else "prompt",
        2 * len(swap.probes),
        sum(map(sum, right.values())),
        len(borders),
        sum(borders),
    )


def by_rule(rules: RuleSet, swap: Swap) -> States:
    """What the detectors say under each definition."""
    return {
        side: [
            by_rules(twin, one.dialogue(swap.id))[swap.id].state
            for twin in [swapped_rules(rules, swap.id, swap.twin(side))]
            for one in swap.probes
        ]
        for side in SIDES
    }


async def by_prompt(url: str, name: str, swap: Swap) -> States:
    """What the flow says under each definition."""
    states: dict[str, list[DetectionState | None]] = {}
    for side in SIDES:
        error_class = swapped_class(read_classes(PROMPTS)[swap.id], swap.twin(side))
        async with checklist_model.flow(url, name, [error_class]) as judge:
            said = [await judge(one.dialogue(swap.id)) for one in swap.probes]
        states[side] = [one[swap.id].state if swap.id in one else None for one in said]
    return states


def share(right: int, of: int) -> str:
    """With its interval."""
    low, high = shares.wilson(right, of)
    return f"{right} of {of} = {100 * right / of:.1f} % (95 %: {100 * low:.1f}-{100 * high:.1f})" if of else "none"


def test_swap() -> None:
    languages, detector = Languages.load(PROMPTS), Detector.load(PROMPTS)
    rules = RuleSet.read(PROMPTS / "rules", languages, detector, 0.0)
    swaps = read_swaps(PROMPTS).values()
    url = os.environ.get("AURICLE_BENCH_MODEL", "")
    name = os.environ.get("AURICLE_BENCH_MODEL_NAME", "") or "judge"
    table = [followed(one, by_rule(rules, one)) for one in swaps if one.by_rule]
    if url:
        table += [followed(one, asyncio.run(by_prompt(url, name, one))) for one in swaps if not one.by_rule]
    print(f"\n{'class':30} {'by':7} {'verdicts':>8} {'follow':>7} {'borders':>8} {'turn':>5}")
    for one in table:
        print(f"{one.error_class:30} {one.by:7} {one.verdicts:8} {one.followed:7} {one.borders:8} {one.turned:5}")
    for kind in dict.fromkeys(one.by for one in table):
        own = [one for one in table if one.by == kind]
        print(f"{kind}: verdicts that follow {share(sum(o.followed for o in own), sum(o.verdicts for o in own))};")
        print(f"  border probes that turn {share(sum(o.turned for o in own), sum(o.borders for o in own))}")
    if not url:
        left = sum(not one.by_rule for one in swaps)
        print(f"{left} classes of prompts: auricle bench swap --model-url http://…/v1 --model-name NAME")
    _write(table)


def _write(table: Sequence[Followed]) -> None:
    out = os.environ.get("AURICLE_BENCH_OUT", "")
    if out:
        facts = {
            "command": "auricle bench swap",
            "date": datetime.now(UTC).date().isoformat(),
            "classes": [asdict(one) for one in table],
        }
        Path(out).write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", "utf-8")
