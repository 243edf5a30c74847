"""What pods ask for is what their processes were seen to need (docs/evidence/resources.json), and not a guess in either direction."""

import json
from typing import Any

import pytest
import yaml
from bench.resources import audio_seconds
from manifests.checks.quotas import SURGE, amount, most_pods
from manifests.release import ROOT, Manifest, Release, pod_of

EVIDENCE: dict[str, Any] = json.loads((ROOT / "docs" / "evidence" / "resources.json").read_text())
SPEECH = yaml.safe_load((ROOT / "keda" / "values.yaml").read_text())["asr"]
CALLS_A_SECOND = 0.2 * SPEECH["maxReplicas"]
"""The most that speech gives to the rest (an estimate of keda/README.md)."""
SECONDS_OF_A_CALL = 300.0
MIB = 2.0**20
LEAST, MOST, LIMIT = 1.2, 2.0, 2.0
"""A request is the largest that was seen with a fifth on top, and not twice as much; the limit is at least that."""
BY_WORDS = ("compressor", "rules", "scorer")
BY_CALLS = ("gateway", *BY_WORDS)
"""The gateway's work is a call's, whatever its length: taking its bytes is milliseconds (docs/evidence/door.json)."""
BY_MEMORY = (*BY_CALLS, "keeper", "console")


def peak(service: str) -> float:
    """Largest memory seen, in bytes."""
    releases = (EVIDENCE["scripted_engines"], EVIDENCE["demo_engines"])
    return max(float(one[service]["peak_mib"]) for one in releases if service in one) * MIB


def container(release: Release, service: str) -> Manifest:
    """The process's own."""
    workload = release.workload(service)
    assert workload is not None
    found: Manifest = pod_of(workload)["containers"][0]["resources"]
    return found


def memory_faults(release: Release, services: tuple[str, ...]) -> list[str]:
    """Requests and limits that do not suit what was seen."""
    found = []
    for service in services:
        asked = container(release, service)
        request, limit = amount(asked["requests"]["memory"]), amount(asked["limits"]["memory"])
        if not LEAST * peak(service) <= request <= MOST * peak(service) or limit < LIMIT * peak(service):
            found.append(f"{service} asks for {request / MIB:g} MiB and was seen with {peak(service) / MIB:g}")
    return found


def cpu_faults(release: Release) -> list[str]:
    """Services that could not take what speech gives: CPU time of a call, longer by its seconds than the ones measured."""
    found = []
    for service in BY_CALLS:
        seen = EVIDENCE["demo_engines"][service]["cpu_ms_per_conversation"] / 1000
        needed = CALLS_A_SECOND * seen * (SECONDS_OF_A_CALL / audio_seconds() if service in BY_WORDS else 1)
        workload = release.workload(service)
        assert workload is not None
        scaler = release.named("HorizontalPodAutoscaler", workload["metadata"]["name"])
        share = scaler["spec"]["metrics"][0]["resource"]["target"]["averageUtilization"] / 100 if scaler else 1.0
        has = (most_pods(release, workload) - SURGE) * amount(container(release, service)["requests"]["cpu"]) * share
        if has < needed:
            found.append(f"{service} has {has:.2f} cores at its largest and needs {needed:.2f}")
    return found


def test_memory_is_what_was_measured(releases: dict[str, Release]) -> None:
    assert memory_faults(releases["eks"], BY_MEMORY) == []
    assert memory_faults(releases["kind"], ("asr", "llm")) == []


def test_cpu_suffices_at_the_peak(releases: dict[str, Release]) -> None:
    assert cpu_faults(releases["eks"]) == []


@pytest.mark.parametrize("wrong", ["64Mi", "4Gi"])
def test_a_guess_is_found(releases: dict[str, Release], wrong: str) -> None:
    release = releases["eks"].copied()
    container(release, "rules")["requests"].update(memory=wrong, cpu="10m")
    assert [fault.split()[0] for fault in memory_faults(release, BY_MEMORY)] == ["rules"]
    assert [fault.split()[0] for fault in cpu_faults(release)] == ["rules"]
