"""What one object says of another is true: selectors find pods, names exist, ports are open."""

from collections.abc import Iterator
from typing import Any

from manifests.checks.registry import check
from manifests.release import WORKLOADS, Manifest, Release, called, component_of, containers, pod_of, template_of

SCALERS = ("ScaledObject", "HorizontalPodAutoscaler")


def selects(selector: Manifest, labels: Manifest) -> bool:
    """`matchLabels` only; the charts write nothing else."""
    return all(labels.get(key) == value for key, value in selector.items())


def pods_of(release: Release, selector: Manifest) -> list[Manifest]:
    """The workloads whose pods a selector finds."""
    return [
        one for one in release.of(*WORKLOADS) if selects(selector, template_of(one)["metadata"].get("labels") or {})
    ]


def ports_of(workload: Manifest) -> dict[str, int]:
    """Port name → number of a workload's containers."""
    return {
        port["name"]: port["containerPort"]
        for container in containers(workload)
        for port in container.get("ports") or []
    }


@check
def services_find_pods_and_ports(release: Release) -> Iterator[str]:
    for service in release.of("Service"):
        found = pods_of(release, service["spec"].get("selector") or {})
        if len(found) != 1:
            yield f"{called(service)} selects {[called(one) for one in found]}"
            continue
        for port in service["spec"]["ports"]:
            target = port.get("targetPort", port["port"])
            ports = ports_of(found[0])
            if target not in ports and target not in ports.values():
                yield f"{called(service)}: {called(found[0])} has no port {target}"


@check
def monitors_find_services(release: Release) -> Iterator[str]:
    for monitor in release.of("ServiceMonitor"):
        selector = monitor["spec"]["selector"].get("matchLabels") or {}
        found = [one for one in release.of("Service") if selects(selector, one["metadata"].get("labels") or {})]
        wanted = {endpoint["port"] for endpoint in monitor["spec"]["endpoints"]}
        for service in found:
            if missing := wanted - {port.get("name") for port in service["spec"]["ports"]}:
                yield f"{called(monitor)}: {called(service)} has no port {sorted(missing)}"
        if not found:
            yield f"{called(monitor)} finds no service"
    for monitor in release.of("PodMonitor"):
        pods = pods_of(release, monitor["spec"]["selector"].get("matchLabels") or {})
        wanted = {endpoint["port"] for endpoint in monitor["spec"]["podMetricsEndpoints"]}
        if not pods or any(wanted - ports_of(one).keys() for one in pods):
            yield f"{called(monitor)} finds no pods, or not port {sorted(wanted)} on all of them"


@check
def policies_and_budgets_find_pods(release: Release) -> Iterator[str]:
    for policy in release.of("NetworkPolicy"):
        selector = policy["spec"].get("podSelector", {}).get("matchLabels") or {}
        if selector and not pods_of(release, selector):
            yield f"{called(policy)} selects no pod"
    for budget in release.of("PodDisruptionBudget"):
        if not pods_of(release, budget["spec"]["selector"].get("matchLabels") or {}):
            yield f"{called(budget)} selects no pod"


@check
def scalers_own_their_targets(release: Release) -> Iterator[str]:
    """The target is there, and says nothing of `replicas`: an upgrade would fight the scaler."""
    for scaler in release.of(*SCALERS):
        target = scaler["spec"]["scaleTargetRef"]
        workload = release.named(target.get("kind", "Deployment"), target["name"])
        if workload is None:
            yield f"{called(scaler)}: there is no {target['name']}"
        elif "replicas" in workload["spec"]:
            yield f"{called(scaler)}: {called(workload)} carries replicas"


def mentioned(release: Release, workload: Manifest) -> Iterator[tuple[str, str]]:
    """(kind, name) of every object of the release's namespace that a pod cannot start without."""
    pod = pod_of(workload)
    if account := pod.get("serviceAccountName"):
        yield "ServiceAccount", account
    for volume in pod.get("volumes") or []:
        if "configMap" in volume and not volume["configMap"].get("optional"):
            yield "ConfigMap", volume["configMap"]["name"]
        if "persistentVolumeClaim" in volume:
            yield "PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"]
    for container in containers(workload):
        for source in container.get("envFrom") or []:
            if "configMapRef" in source and not source["configMapRef"].get("optional"):
                yield "ConfigMap", source["configMapRef"]["name"]


@check
def mentioned_objects_exist(release: Release) -> Iterator[str]:
    for workload in release.of(*WORKLOADS):
        for kind, name in mentioned(release, workload):
            if release.named(kind, name) is None and (kind, name) != ("ServiceAccount", "default"):
                yield f"{called(workload)}: there is no {kind} {name}"
        priority = pod_of(workload).get("priorityClassName")
        classes = {
            one["metadata"]["name"] for one in [*release.cluster, *release.manifests] if one["kind"] == "PriorityClass"
        }
        if priority and priority not in classes:
            yield f"{called(workload)}: k8s/ makes no PriorityClass {priority}"


def secret_keys(release: Release) -> Iterator[tuple[Manifest, str, str]]:
    """(workload, Secret, key) of every variable that comes from a Secret."""
    for workload in release.of(*WORKLOADS):
        for container in containers(workload):
            for one in container.get("env") or []:
                if source := (one.get("valueFrom") or {}).get("secretKeyRef"):
                    yield workload, source["name"], source["key"]


@check
def keys_of_secrets_exist(release: Release) -> Iterator[str]:
    """Where the chart makes the Secret itself; the one that a person makes is told in operations.md."""
    for workload, name, key in secret_keys(release):
        secret = release.named("Secret", name)
        if secret and key not in {**(secret.get("data") or {}), **(secret.get("stringData") or {})}:
            yield f"{called(workload)}: Secret {name} has no {key}"


@check
def scaled_objects_authenticate(release: Release) -> Iterator[str]:
    for scaled in release.of("ScaledObject"):
        for trigger in scaled["spec"]["triggers"]:
            reference = trigger.get("authenticationRef") or {}
            if reference and release.named(reference.get("kind", "TriggerAuthentication"), reference["name"]) is None:
                yield f"{called(scaled)}: there is no TriggerAuthentication {reference['name']}"


@check
def idle_workloads_have_no_budget(release: Release) -> Iterator[str]:
    """A budget with `minAvailable` on 0..N pods would block the drain of their node."""
    scaled = {one["spec"]["scaleTargetRef"]["name"] for one in release.of("ScaledObject")}
    for budget in release.of("PodDisruptionBudget"):
        for workload in pods_of(release, budget["spec"]["selector"].get("matchLabels") or {}):
            if workload["metadata"]["name"] in scaled:
                yield f"{called(budget)} covers {called(workload)}, which may be at zero"


@check
def workloads_say_what_they_are(release: Release) -> Iterator[str]:
    for workload in release.of(*WORKLOADS):
        labels: dict[str, Any] = template_of(workload)["metadata"].get("labels") or {}
        if not component_of(workload) or "app.kubernetes.io/name" not in labels:
            yield f"{called(workload)}: its pods lack app.kubernetes.io/name or /component"
