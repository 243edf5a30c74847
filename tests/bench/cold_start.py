"""The process's part of a cold start with the demo weights, as its own metric says it: a stack from nothing, one call, then /metrics.

PYTHONPATH=tests python -m bench.cold_start > docs/evidence/cold-start.json
"""

import json
import os
import platform
import random
import time
from datetime import UTC, datetime

import httpx
from auricle_cli.stack.local_stack import LocalStack
from fixtures.scripted_stack import ROOT, state_folder
from fixtures.storm import load
from prometheus_client.parser import text_string_to_metric_families

WORKERS = ("llm", "asr", "scorer")
SERVICES = ("llm", "compressor", "rules", "gateway", "keeper", "asr", "scorer")
PATIENCE_SECONDS = 400.0


def milestones(stack: LocalStack, service: str) -> dict[str, float]:
    """Milestone → seconds since the process's start."""
    page = httpx.get(stack.plan.url(service) + "/metrics", timeout=10.0).text
    samples = (sample for family in text_string_to_metric_families(page) for sample in family.samples)
    return {
        sample.labels["milestone"]: round(sample.value, 2)
        for sample in samples
        if sample.name == "auricle_cold_start_seconds"
    }


def judged(stack: LocalStack) -> bool:
    """Whether the scorer has finished its first item."""
    return "first_item" in milestones(stack, "scorer")


def measured() -> dict[str, dict[str, float]]:
    """Service → milestones, after one call went all the way."""
    with state_folder() as state, LocalStack(ROOT, state, lambda _: None, SERVICES) as stack:
        load.post(stack.plan.url("gateway"), stack.key, load.call(random.Random(1), 1))
        end = time.monotonic() + PATIENCE_SECONDS
        while not judged(stack):
            if time.monotonic() > end:
                raise TimeoutError("the call is not judged")
            time.sleep(0.5)
        return {service: milestones(stack, service) for service in WORKERS}


def main() -> None:
    """Print the evidence."""
    facts = {
        "command": "PYTHONPATH=tests python -m bench.cold_start",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, no GPU, shared with other work, load {os.getloadavg()[0]:.1f}",
        "weights": "models/speech and models/judge, the demo weights; all processes started at once",
        "seconds_since_process_start": measured(),
    }
    print(json.dumps(facts, indent=1))


if __name__ == "__main__":
    main()
