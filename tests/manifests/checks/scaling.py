"""What wakes workers and puts them to sleep agrees with the names of the queue and with what KEDA reads."""

from collections.abc import Iterator

from auricle_contracts import Step, streams_of
from manifests.checks.registry import check
from manifests.release import Release, called, component_of

STREAMS = {
    "asr": streams_of(Step.TRANSCRIBE),
    "scorer": streams_of(Step.EVALUATE),
    "vllm": streams_of(Step.EVALUATE),
}
"""Which streams wake what."""
TRIGGERS = {
    "redis-streams": {
        "address", "host", "port", "addressFromEnv", "hostFromEnv", "portFromEnv", "username", "password", "usernameFromEnv",
        "passwordFromEnv", "enableTLS", "unsafeSsl", "databaseIndex", "stream", "streamLength", "activationLagCount",
    },
    "prometheus": {
        "serverAddress", "query", "threshold", "activationThreshold", "ignoreNullValues", "namespace", "timeout", "customHeaders",
    },
    "cron": {"timezone", "start", "end", "desiredReplicas"},
}  # fmt: skip
"""The fields that KEDA 2.20 reads and that these charts may use. `consumerGroup`, `lagCount` and `pendingEntriesCount` are left out on
purpose: the first turns `streamLength` off, the others read work in flight as idle."""


@check
def triggers_count_entries(release: Release) -> Iterator[str]:
    """Stream length without a group is what counts waiting and in flight; every field is one that KEDA reads."""
    for scaled in release.of("ScaledObject"):
        for trigger in scaled["spec"]["triggers"]:
            kind, metadata = trigger["type"], trigger["metadata"]
            if unknown := metadata.keys() - TRIGGERS.get(kind, set()):
                yield f"{called(scaled)}: {kind} must not have {sorted(unknown)}"
            if kind == "redis-streams" and "streamLength" not in metadata:
                yield f"{called(scaled)}: {metadata.get('stream')} has no streamLength"


@check
def triggers_name_the_streams(release: Release) -> Iterator[str]:
    """Both priorities of the step, as the code spells them."""
    for scaled in release.of("ScaledObject"):
        workload = release.named("Deployment", scaled["spec"]["scaleTargetRef"]["name"])
        wanted = STREAMS.get(component_of(workload)) if workload else None
        named = [one["metadata"].get("stream") for one in scaled["spec"]["triggers"] if one["type"] == "redis-streams"]
        if wanted and not set(wanted) <= set(named):
            yield f"{called(scaled)} is woken by {named}, not by {list(wanted)}"


@check
def sleep_is_complete(release: Release) -> Iterator[str]:
    """From zero and back, without a fallback that would put workers to sleep while Redis is away, and faster up than down."""
    for scaled in release.of("ScaledObject"):
        spec = scaled["spec"]
        if spec.get("minReplicaCount", 0) != 0:
            yield f"{called(scaled)} never sleeps"
        if "fallback" in spec:
            yield f"{called(scaled)} has a fallback"
        if len(scaled["metadata"]["name"]) > 63:
            yield f"{called(scaled)} has too long a name"
        behavior = (spec.get("advanced") or {}).get("horizontalPodAutoscalerConfig", {}).get("behavior") or {}
        if behavior.get("scaleDown", {}).get("stabilizationWindowSeconds", 300) < 60:
            yield f"{called(scaled)} scales in within a minute"
