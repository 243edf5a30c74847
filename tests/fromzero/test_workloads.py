"""What is modelled is what the cluster is told: KEDA's rendered objects against `workloads`."""

from typing import Any

import pytest
from fromzero.workloads import HERE, POLL_S, Workload, workloads
from manifests.release import ROOT, rendered


@pytest.fixture(scope="module")
def told() -> dict[str, dict[str, Any]]:
    """The specs of the ScaledObjects by workload."""
    objects = rendered(ROOT / "keda", {"enabled": True, "redis": {"address": "redis:6379"}})
    scaled = [one for one in objects if one["kind"] == "ScaledObject"]
    return {one["metadata"]["name"].rpartition("-")[2]: one["spec"] for one in scaled}


def differences(spec: dict[str, Any], workload: Workload) -> list[str]:
    """What the manifest says otherwise than the model, the number of pods aside."""
    model, behaviour = workload.scaled, spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
    up, down = behaviour["scaleUp"], behaviour["scaleDown"]
    pairs = {
        "poll": (spec["pollingInterval"], model.poll_s),
        "cooldown": (spec["cooldownPeriod"], model.cooldown_s),
        "least": (spec["minReplicaCount"], model.least),
        "streams": (tuple(one["metadata"]["stream"] for one in spec["triggers"]), workload.streams),
        "target": (
            [float(one["metadata"]["streamLength"]) for one in spec["triggers"]],
            [one.target for one in model.triggers],
        ),
        "windows": (
            (up["stabilizationWindowSeconds"], down["stabilizationWindowSeconds"]),
            (model.up.window_s, model.down.window_s),
        ),
        "policies": (
            [(one["type"], one["value"], one["periodSeconds"]) for one in (*up["policies"], *down["policies"])],
            [(one.kind, one.value, one.period_s) for one in (*model.up.policies, *model.down.policies)],
        ),
    }
    return [name for name, (said, modelled) in pairs.items() if said != modelled]


@pytest.mark.parametrize("workload", workloads(), ids=lambda one: one.name)
def test_the_model_says_what_the_manifest_says(told: dict[str, dict[str, Any]], workload: Workload) -> None:
    assert differences(told[workload.name], workload) == []
    assert HERE[workload.name] <= told[workload.name]["maxReplicaCount"]


def test_another_manifest_is_noticed(told: dict[str, dict[str, Any]]) -> None:
    asr = workloads()[0]
    assert differences(told["asr"] | {"pollingInterval": POLL_S + 1, "cooldownPeriod": 1}, asr) == ["poll", "cooldown"]
