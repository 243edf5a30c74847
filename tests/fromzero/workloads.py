"""What scales here, by the numbers that the cluster is told, and what had to be made smaller for one machine."""

from dataclasses import dataclass
from typing import Any

import yaml
from auricle_contracts import Step, streams_of
from fixtures.scripted_stack import ROOT
from fromzero.autoscaler import Behaviour, Policy, ScaledObject, Trigger

KEDA: dict[str, Any] = yaml.safe_load((ROOT / "keda/values.yaml").read_text())
CHART: dict[str, Any] = yaml.safe_load((ROOT / "charts/auricle/values.yaml").read_text())
POOLS: dict[str, Any] = yaml.safe_load((ROOT / "karpenter/values.yaml").read_text())
POLL_S = 5.0
"""pollingInterval of keda/templates, and below it the policies; `test_workloads` compares."""
DRAIN_S = float(CHART["services"]["asr"]["drainSeconds"])
GRACE_S = DRAIN_S + 15
"""terminationGracePeriodSeconds as charts/auricle/templates has it, in the processes' own time: it is never scaled."""
SPOT_NOTICE_S = 120.0
NODE_S = 45.0
"""From a pending pod to a node with a GPU: the sum of the published steps (an estimate, see karpenter/README.md)."""
HERE = {"asr": 3, "vllm": 1, "scorer": 3}
"""What two cores carry instead of the cluster's maxReplicas."""


@dataclass(frozen=True)
class Workload:
    """A ScaledObject, its Deployment and its nodes. `node_s`: from pending to a node that can start the pod; 0: there already."""

    name: str
    streams: tuple[str, ...]
    scaled: ScaledObject
    node_s: float = 0.0
    node_stays_s: float = 0.0


def workloads() -> tuple[Workload, ...]:
    """asr and vLLM on a GPU node each, scorer on CPU nodes that are always there."""
    return (
        _workload("asr", Step.TRANSCRIBE, NODE_S, _seconds(POOLS["speech"]["consolidateAfter"])),
        _workload("vllm", Step.EVALUATE, NODE_S, _seconds(POOLS["language"]["consolidateAfter"])),
        _workload("scorer", Step.EVALUATE),
    )


def _workload(name: str, step: Step, node_s: float = 0.0, node_stays_s: float = 0.0) -> Workload:
    own = KEDA[name]
    scaled = ScaledObject(
        tuple(Trigger(float(own["entriesPerReplica"])) for _ in streams_of(step)),
        least=0,
        most=HERE[name],
        poll_s=POLL_S,
        cooldown_s=float(own["cooldownSeconds"]),
        up=Behaviour(0.0, (Policy("Pods", own["upPods"], 30.0),)),
        down=Behaviour(float(own["downWindowSeconds"]), (Policy("Pods", 1, float(own["downPeriodSeconds"])),)),
    )
    return Workload(name, streams_of(step), scaled, node_s, node_stays_s)


def _seconds(duration: str) -> float:
    return float(duration.removesuffix("s"))
