"""Pod security: the `restricted` standard of Kubernetes, rule by rule, and what this chart promises beyond it."""

from collections.abc import Iterator

from manifests.checks.registry import check
from manifests.release import WORKLOADS, Manifest, Release, called, containers, pod_of

VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}
SECCOMP = {"RuntimeDefault", "Localhost"}
HOST = ("hostNetwork", "hostPID", "hostIPC")


def of_pod(pod: Manifest) -> Iterator[str]:
    """Rules on the pod as a whole."""
    for key in HOST:
        if pod.get(key):
            yield f"{key} is on"
    for volume in pod.get("volumes") or []:
        if not VOLUMES & volume.keys():
            yield f"volume {volume['name']} is of no allowed type"
    if (pod.get("securityContext") or {}).get("sysctls"):
        yield "sysctls are set"


def of_container(pod: Manifest, container: Manifest) -> Iterator[str]:
    """Rules on a container, which inherits some answers from its pod."""
    shared = pod.get("securityContext") or {}
    own = container.get("securityContext") or {}
    if own.get("privileged"):
        yield "is privileged"
    if own.get("allowPrivilegeEscalation") is not False:
        yield "may escalate its privileges"
    capabilities = own.get("capabilities") or {}
    if capabilities.get("drop") != ["ALL"] or set(capabilities.get("add") or []) - {"NET_BIND_SERVICE"}:
        yield "keeps capabilities"
    if own.get("runAsNonRoot", shared.get("runAsNonRoot")) is not True:
        yield "may run as root"
    if own.get("runAsUser", shared.get("runAsUser")) == 0:
        yield "runs as root"
    profile = own.get("seccompProfile") or shared.get("seccompProfile") or {}
    if profile.get("type") not in SECCOMP:
        yield "has no seccomp profile"
    if own.get("procMount", "Default") != "Default" or any(
        port.get("hostPort") for port in container.get("ports") or []
    ):
        yield "reaches for the host"


@check
def pods_are_restricted(release: Release) -> Iterator[str]:
    for workload in release.of(*WORKLOADS):
        pod = pod_of(workload)
        yield from (f"{called(workload)}: {fault}" for fault in of_pod(pod))
        for container in containers(workload):
            yield from (f"{called(workload)} {container['name']}: {fault}" for fault in of_container(pod, container))


@check
def root_is_read_only(release: Release) -> Iterator[str]:
    for workload in release.of(*WORKLOADS):
        for container in containers(workload):
            if (container.get("securityContext") or {}).get("readOnlyRootFilesystem") is not True:
                yield f"{called(workload)} {container['name']}: writes to its root"


@check
def tokens_are_not_mounted(release: Release) -> Iterator[str]:
    """Only keeper speaks to Kubernetes' API, and only where it makes Jobs of trainings: then it has a token that ends, and a Role."""
    asks = release.of("Role")
    for workload in release.of(*WORKLOADS):
        volumes = pod_of(workload).get("volumes") or []
        tokens = [
            one
            for volume in volumes
            for one in volume.get("projected", {}).get("sources", ())
            if "serviceAccountToken" in one
        ]
        if tokens and not (asks and workload["metadata"]["name"].endswith("-keeper")):
            yield f"{called(workload)}: mounts a token for Kubernetes' API"
        if pod_of(workload).get("automountServiceAccountToken") is not False:
            yield f"{called(workload)}: gets a token for Kubernetes' API"


@check
def containers_say_what_they_need(release: Release) -> Iterator[str]:
    """CPU and memory asked for, memory limited; a CPU limit would only throttle."""
    for workload in release.of(*WORKLOADS):
        for container in containers(workload):
            resources = container.get("resources") or {}
            missing = {"cpu", "memory"} - (resources.get("requests") or {}).keys()
            if missing or "memory" not in (resources.get("limits") or {}):
                yield f"{called(workload)} {container['name']}: asks for no cpu and memory, or has no limit of memory"


@check
def images_can_be_cached(release: Release) -> Iterator[str]:
    for workload in release.of(*WORKLOADS):
        for container in containers(workload):
            tag = container["image"].rpartition("/")[2].partition(":")[2]
            if not tag or tag == "latest" or container.get("imagePullPolicy") == "Always":
                yield f"{called(workload)}: image {container['image']} is pulled anew at each start"
