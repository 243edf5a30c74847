"""Whoever is told to end gets the time that its drain takes, and not more than its node has."""

import re
from collections.abc import Iterator

from auricle_streams.supervisor import DRAIN_GRACE_S
from manifests.checks.environment import entry_of, settings_of, value_of, words_of
from manifests.checks.nodes import POOL, gpus_of, pools
from manifests.checks.registry import check
from manifests.release import Manifest, Release, called, pod_of

SPOT_NOTICE_S = 120
MARGIN_S = 2
UNITS = {"s": 1, "m": 60, "h": 3600}


def seconds(duration: str) -> int:
    """A duration of Go's kind, such as 15m."""
    return sum(int(number) * UNITS[unit] for number, unit in re.findall(r"(\d+)([smh])", duration))


def sleep_before_stop(container: Manifest) -> int:
    """Seconds of the preStop hook."""
    hook = (container.get("lifecycle") or {}).get("preStop") or {}
    if "sleep" in hook:
        return int(hook["sleep"]["seconds"])
    found = re.search(r"sleep (\d+)", " ".join((hook.get("exec") or {}).get("command") or []))
    return int(found.group(1)) if found else 0


def stop_takes(container: Manifest) -> float:
    """Seconds from SIGTERM to a clean end, by the process's own clock."""
    entry = entry_of(container)
    found = re.search(r"--shutdown-timeout[= ](\d+)", words_of(container))
    if found:
        return float(found.group(1))
    if entry is None or entry in {"trainer", "records", "cli"}:
        return 0.0
    default = settings_of(entry).model_fields["drain_seconds"].default
    return float(value_of(container, "AURICLE_DRAIN_SECONDS") or default) + DRAIN_GRACE_S


@check
def grace_covers_the_drain(release: Release) -> Iterator[str]:
    for workload in release.of("Deployment", "StatefulSet"):
        pod = pod_of(workload)
        grace = pod.get("terminationGracePeriodSeconds", 30)
        for container in pod["containers"]:
            needed = sleep_before_stop(container) + stop_takes(container) + MARGIN_S
            if grace < needed:
                yield f"{called(workload)} has {grace} s to end and needs {needed:g}"


@check
def grace_fits_the_node(release: Release) -> Iterator[str]:
    """A spot node has 120 s from its notice; a pod whose grace is longer than its node's gets none at all."""
    for workload in release.of("Deployment"):
        pod = pod_of(workload)
        pool = pools(release).get((pod.get("nodeSelector") or {}).get(POOL, ""))
        grace = pod.get("terminationGracePeriodSeconds", 30)
        if gpus_of(workload) and grace > SPOT_NOTICE_S:
            yield f"{called(workload)} wants {grace} s, and a spot notice leaves {SPOT_NOTICE_S}"
        if pool and grace > seconds(pool["spec"]["template"]["spec"].get("terminationGracePeriod", "0s")):
            yield f"{called(workload)} wants {grace} s, more than its node gets"


@check
def vllm_drains(release: Release) -> Iterator[str]:
    """Its default is to abort every request on SIGTERM; a surge pod would need a second GPU."""
    workload = release.workload("vllm")
    if workload is None:
        return
    if not any(stop_takes(one) > 0 for one in pod_of(workload)["containers"]):
        yield f"{called(workload)} has no --shutdown-timeout"
    strategy = workload["spec"].get("strategy") or {}
    if strategy.get("type") != "Recreate" and (strategy.get("rollingUpdate") or {}).get("maxSurge") != 0:
        yield f"{called(workload)} surges during an update"
