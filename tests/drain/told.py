"""What the cluster is told about each workload's end: seconds from the rendered chart."""

import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from manifests.release import Manifest, built, component_of, pod_of, rendered

SPOT_NOTICE_S = 120.0


@dataclass(frozen=True)
class Ending:
    """`drain_s` is what the process knows, `grace_s` the kubelet's patience, of which `sleep_s` pass before SIGTERM."""

    sleep_s: float
    drain_s: float
    grace_s: float


@cache
def endings() -> dict[str, Ending]:
    """By component; vLLM's drain is its own argument."""
    with tempfile.TemporaryDirectory() as folder:
        objects = rendered(built(Path(folder)), {})
    return {component_of(one): _ending(pod_of(one)) for one in objects if one["kind"] == "Deployment"}


def _ending(pod: Manifest) -> Ending:
    container = pod["containers"][0]
    sleep = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    return Ending(float(sleep), _drain(container), float(pod["terminationGracePeriodSeconds"]))


def _drain(container: Manifest) -> float:
    said = {one["name"]: one.get("value") for one in container["env"]}
    said |= dict(one.split("=", 1) for one in container.get("args", []) if "=" in one)
    return float(said.get("AURICLE_DRAIN_SECONDS") or said["--shutdown-timeout"])
