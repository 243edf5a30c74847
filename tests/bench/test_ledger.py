"""Whose seconds are they? The meter beside the old way, which charged each call the whole time that it waited; and the sheet's two ways.

One model server (scripted, a fixed latency), calls side by side: the truth is the time in which at least one was at work, reckoned
without the meter. Writes docs/evidence/ledger.json.
"""

import asyncio
import json
import os
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from auricle_contracts import DigestLine, Role
from auricle_criteria import Library
from auricle_judging import ModelClient, render
from auricle_kit.metering import NS_PER_S, Meter
from auricle_scorer.metered import Metered
from bench.ledger_sheet import the_sheet
from fixtures.scripted_model import Scripted, served

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]
ROOT = Path(__file__).parents[2]
EVIDENCE = ROOT / "docs" / "evidence" / "ledger.json"
LATENCY_MS = 100
CALLS = 32


async def shares(url: str, side_by_side: int) -> dict[str, float]:
    """Seconds charged by the meter, by waiting, and of the device, for CALLS calls."""
    prompt = Library.read(ROOT / "prompts").prompts["evaluate"]
    line = DigestLine.model_validate({"turns": (1,), "role": Role.AGENT, "text": "Добрый день, чем помочь?"})
    rendered = render(prompt, [line])
    meter, room, waits = Meter(), asyncio.Semaphore(side_by_side), []
    async with ModelClient(url, "judge") as client:
        model = Metered(client)

        async def one() -> None:
            async with room:
                with meter.job() as job:
                    began = time.monotonic()
                    await model.ask(rendered.messages, rendered.schema, temperature=0, max_tokens=512)
                    waits.append((began, time.monotonic()))
                    job.keep()

        await asyncio.gather(*(one() for _ in range(CALLS)))
    device, waited = at_least_one(waits), sum(end - began for began, end in waits)
    charged = meter.tally().attributed_ns / NS_PER_S
    return {
        "device_s": round(device, 3), "charged_by_meter_s": round(charged, 3), "charged_by_waiting_s": round(waited, 3),
        "waiting_to_device": round(waited / device, 2), "meter_to_device": round(charged / device, 4),
    }  # fmt: skip


def at_least_one(spans: Iterable[tuple[float, float]]) -> float:
    """Seconds in which any of the spans ran: the truth, reckoned without the meter."""
    covered, until = 0.0, 0.0
    for began, end in sorted(spans):
        covered += max(0.0, end - max(began, until))
        until = max(until, end)
    return covered


def overhead_us() -> float:
    """Of one measured call, with sixteen others at work."""
    meter, rounds = Meter(), 20_000
    with meter.job() as job:
        others = [job.measure(100) for _ in range(16)]
        for other in others:
            other.__enter__()
        began = time.perf_counter()
        for _ in range(rounds):
            with job.measure(100):
                pass
        spent = time.perf_counter() - began
        for other in others:
            other.__exit__(None, None, None)
    return round(spent / rounds * 1e6, 2)


def as_tables(evidence: dict[str, Any]) -> str:
    """The same figures to be read."""
    rows = [
        f"| {at_once} | {one['device_s']} | {one['charged_by_meter_s']} | {one['charged_by_waiting_s']} | {one['waiting_to_device']} |"
        for at_once, one in evidence["side_by_side"].items()
    ]
    sheet = evidence["sheet"]
    head = "| side by side | device, s | charged by the meter, s | charged by waiting, s | waiting to device |"
    lines = [
        "# Whose seconds: the meter beside the waiting of each call", "",
        f"{evidence['date']}, {evidence['machine']}. Command: `{evidence['command']}`. {evidence['what']}.", "",
        head, "|---|---|---|---|---|", *rows, "",
        f"One measured call costs {evidence['meter_overhead_us']} µs with sixteen others at work.", "",
        f"The sheet: {sheet['conversations']} synthetic conversations are {sheet['file_mib']} MiB of Excel, in {sheet['export_s']} s",
        f"and read back in {sheet['import_s']} s ({sheet['answers_read']} answers, none of them changed);",
        f"the process peaked at {sheet['peak_memory_mib']} MiB.", "",
    ]  # fmt: skip
    return "\n".join(lines)


async def test_write_the_ledgers_evidence(tmp_path: Path) -> None:
    """What the waiting way overcharges grows with what is side by side; the meter's sum stays the device's time."""
    with served(Scripted(latency_ms=LATENCY_MS)) as (url, _):
        side_by_side = {str(at_once): await shares(url, at_once) for at_once in (1, 4, 16)}
    evidence: dict[str, Any] = {
        "command": "make bench, or pytest -m bench tests/bench/test_ledger.py -s",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, Linux x86-64, shared with other work: ratios of one run",
        "what": f"{CALLS} calls at a scripted model of {LATENCY_MS} ms latency, 1, 4 and 16 side by side",
        "side_by_side": side_by_side,
        "meter_overhead_us": overhead_us(),
        "sheet": the_sheet(tmp_path),
    }
    print(json.dumps(evidence, indent=2))
    EVIDENCE.write_text(json.dumps(evidence, indent=2, ensure_ascii=False) + "\n")
    EVIDENCE.with_suffix(".md").write_text(as_tables(evidence))
    for found in side_by_side.values():
        assert found["meter_to_device"] == pytest.approx(1, abs=0.02)
