"""The cluster's ceiling holds the release at its largest: a quota that is met at the peak stops the peak."""

import re
from collections.abc import Iterator

from manifests.checks.registry import check
from manifests.release import WORKLOADS, Manifest, Release, called, containers, pod_of

UNITS = {"": 1.0, "m": 0.001, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40}
SURGE = 1
"""One pod more of each workload while it is updated."""


def amount(text: object) -> float:
    """Kubernetes' quantity in cores or bytes."""
    found = re.fullmatch(r"([0-9.]+)([A-Za-z]*)", str(text))
    assert found is not None, text
    return float(found.group(1)) * UNITS[found.group(2)]


def asked_by(workload: Manifest, resource: str) -> float:
    """What one pod is scheduled by: its containers together, or its largest init container where that is more.

    An init container that stays (`restartPolicy: Always`) counts as a container."""
    pod = pod_of(workload)
    first = [one for one in pod.get("initContainers") or [] if one.get("restartPolicy") != "Always"]
    staying = [one for one in containers(workload) if one not in first]

    def asked(container: Manifest) -> float:
        return amount(((container.get("resources") or {}).get("requests") or {}).get(resource, 0))

    return max([sum(map(asked, staying)), *map(asked, first)])


def most_pods(release: Release, workload: Manifest) -> int:
    """Where its scaler ends, or its replicas; and one for an update."""
    for one in release.of("ScaledObject", "HorizontalPodAutoscaler"):
        if one["spec"]["scaleTargetRef"]["name"] == workload["metadata"]["name"]:
            return int(one["spec"].get("maxReplicaCount") or one["spec"].get("maxReplicas") or 100) + SURGE
    return int(workload["spec"].get("replicas", 1)) + SURGE


def largest(release: Release) -> dict[str, float]:
    """What the whole release may ask for, by the quota's own keys."""
    counted = [(most_pods(release, one), one) for one in release.of(*WORKLOADS)]
    return {
        "requests.cpu": sum(many * asked_by(one, "cpu") for many, one in counted),
        "requests.memory": sum(many * asked_by(one, "memory") for many, one in counted),
        "pods": float(sum(many for many, _ in counted)),
    }


@check
def quota_holds_the_largest(release: Release) -> Iterator[str]:
    for quota in (one for one in release.cluster if one["kind"] == "ResourceQuota"):
        for key, most in largest(release).items():
            if most > amount(quota["spec"]["hard"][key]):
                yield f"{called(quota)}: {key} is {quota['spec']['hard'][key]}, {most:g} may be asked for"
