"""Whoever is told an address can get there: the service exists, and both sides' policies let the packet through a default deny."""

import re
from collections.abc import Iterator

from manifests.checks.environment import entry_of, read_by
from manifests.checks.references import pods_of, ports_of, selects
from manifests.checks.registry import check
from manifests.release import NAMESPACE, WORKLOADS, Manifest, Release, called, containers, pod_of, template_of

ADDRESS = re.compile(r"(?:\w+://(?:[^/@]*@)?|^)([a-z][a-z0-9-]*)(?:\.[a-z0-9-]+\.svc(?:\.cluster\.local)?)?:(\d+)")
STORES = {"AURICLE_DATABASE_URL", "AURICLE_REDIS_URL", "ADMIN_URL"}
FOREIGN = re.compile(r"\w+://[a-z0-9-]+\.([a-z0-9-]+):(\d+)(?:/|$)")
SECRET = re.compile(r"(PASSWORD|SECRET|API_KEY|_TOKEN|ACCESS_KEY)")
WITH_PASSWORD = re.compile(r"\w+://[^/@:]*:[^/@$(]+@")


def told(release: Release, container: Manifest) -> Iterator[tuple[str, str]]:
    """(name, value) of what a container is told in plain text and its process reads."""
    entry = entry_of(container)
    known = read_by(entry) if entry else None
    for source in container.get("envFrom") or []:
        found = release.named("ConfigMap", source.get("configMapRef", {}).get("name", ""))
        data = (found or {}).get("data") or {}
        yield from ((name, value) for name, value in data.items() if known is None or name in known)
    yield from ((one["name"], str(one["value"])) for one in container.get("env") or [] if "value" in one)


def addresses(release: Release) -> Iterator[tuple[Manifest, str, str, int]]:
    """(workload, variable, service, port) of every address inside the namespace that a process is told."""
    for workload in release.of(*WORKLOADS):
        for container in containers(workload):
            for name, value in told(release, container):
                if name != "AURICLE_BIND_HOST" and (found := ADDRESS.search(value)):
                    yield workload, name, found.group(1), int(found.group(2))


def target_of(release: Release, service: str, port: int) -> tuple[Manifest, int, str] | None:
    """The workload behind a service's port, with the number and the name of its own port."""
    found = release.named("Service", service)
    if found is None:
        return None
    for one in found["spec"]["ports"]:
        for workload in pods_of(release, found["spec"].get("selector") or {}):
            if one["port"] == port:
                wanted = one.get("targetPort", port)
                names = {name: number for name, number in ports_of(workload).items() if wanted in {name, number}}
                return next(((workload, number, name) for name, number in names.items()), None)
    return None


@check
def addresses_lead_to_services(release: Release) -> Iterator[str]:
    for workload, name, service, port in addresses(release):
        if service != "localhost" and target_of(release, service, port) is None:
            yield f"{called(workload)}: {name} leads to {service}:{port}, where nothing answers"


def peer_fits(peer: Manifest, labels: Manifest) -> bool:
    """A peer inside the namespace; one of another namespace or an address block is none."""
    space = (peer.get("namespaceSelector") or {}).get("matchLabels") or {}
    at_home = not space or space.get("kubernetes.io/metadata.name") == NAMESPACE
    return "podSelector" in peer and at_home and selects(peer["podSelector"].get("matchLabels") or {}, labels)


def passes(release: Release, way: str, here: Manifest, there: Manifest, port: tuple[int, str]) -> bool:
    """Whether some policy of the pods `here` opens this way (Ingress or Egress) for `there`."""
    peers, own = ("from" if way == "Ingress" else "to"), template_of(here)["metadata"].get("labels") or {}
    other = template_of(there)["metadata"].get("labels") or {}
    for policy in release.of("NetworkPolicy"):
        spec = policy["spec"]
        if way in spec.get("policyTypes", ["Ingress"]) and selects(spec["podSelector"].get("matchLabels") or {}, own):
            for rule in spec.get(way.lower()) or []:
                open_to = not rule.get(peers) or any(peer_fits(peer, other) for peer in rule[peers])
                if open_to and (not rule.get("ports") or any(one.get("port") in port for one in rule["ports"])):
                    return True
    return False


@check
def policies_let_addresses_through(release: Release) -> Iterator[str]:
    for workload, name, service, port in addresses(release):
        found = target_of(release, service, port)
        if found is None or not release.of("NetworkPolicy") or found[0] is workload:
            continue
        target, number, called_port = found
        if not passes(release, "Egress", workload, target, (number, called_port)):
            yield f"{called(workload)} may not go out to {service}:{number}, its {name}"
        if not passes(release, "Ingress", target, workload, (number, called_port)):
            yield f"{called(target)} lets {called(workload)} in on no {number}, its {name}"


@check
def other_namespaces_can_be_reached(release: Release) -> Iterator[str]:
    """`service.namespace:port` that a process is told is open in a policy of its pods."""
    policies = release.of("NetworkPolicy")
    for workload in release.of(*WORKLOADS) if policies else ():
        labels = template_of(workload)["metadata"].get("labels") or {}
        own = [one["spec"] for one in policies if selects(one["spec"]["podSelector"].get("matchLabels") or {}, labels)]
        opened = {where for spec in own for rule in spec.get("egress") or [] for where in spaces(rule)}
        for container in containers(workload):
            for name, value in told(release, container):
                if (found := FOREIGN.match(value)) and (found.group(1), int(found.group(2))) not in opened:
                    yield f"{called(workload)} may not go out to {value}, its {name}"


@check
def ways_out_are_needed(release: Release) -> Iterator[str]:
    """Only who is told of a store may go to its port, and only who may become a role may leave the cluster."""
    policies = release.of("NetworkPolicy")
    for workload in release.of(*WORKLOADS) if policies else ():
        labels = template_of(workload)["metadata"].get("labels") or {}
        names = {one["name"] for container in containers(workload) for one in container.get("env") or []}
        names |= {name for container in containers(workload) for name, _ in told(release, container)}
        own = [one["spec"] for one in policies if selects(one["spec"]["podSelector"].get("matchLabels") or {}, labels)]
        ports = {one["port"] for spec in own for rule in spec.get("egress") or [] for one in rule.get("ports") or []}
        if ports & {5432, 6379} and not names & STORES:
            yield f"{called(workload)} may reach a store and is told of none"
        if 443 in ports and pod_of(workload).get("serviceAccountName") == "default":
            yield f"{called(workload)} may leave the cluster and has no role to use there"


def spaces(rule: Manifest) -> Iterator[tuple[str, int]]:
    """(namespace, port) that an egress rule opens by the namespace's name."""
    for peer in rule.get("to") or []:
        space = (peer.get("namespaceSelector") or {}).get("matchLabels") or {}
        for one in rule.get("ports") or []:
            yield str(space.get("kubernetes.io/metadata.name")), one["port"]


@check
def everything_has_a_policy(release: Release) -> Iterator[str]:
    """But in the smallest profile, which is for a namespace that denies nothing."""
    selected = [one["spec"]["podSelector"].get("matchLabels") or {} for one in release.of("NetworkPolicy")]
    for workload in release.of(*WORKLOADS):
        labels = template_of(workload)["metadata"].get("labels") or {}
        if release.profile != "minimal" and not any(selects(selector, labels) for selector in selected):
            yield f"{called(workload)}: no policy opens anything for it"


@check
def secrets_are_not_values(release: Release) -> Iterator[str]:
    """What is secret comes from a Secret, and stands in no manifest but one."""
    for workload in release.of(*WORKLOADS):
        for container in containers(workload):
            for name, value in told(release, container):
                if (SECRET.search(name) or WITH_PASSWORD.search(value)) and value:
                    yield f"{called(workload)} {container['name']}: {name} is written out"


@check
def the_cluster_denies_by_default(release: Release) -> Iterator[str]:
    """The namespace takes restricted pods only, and a policy for all pods opens nothing."""
    spaces = {
        one["metadata"]["name"]: one["metadata"]["labels"] for one in release.cluster if one["kind"] == "Namespace"
    }
    if spaces.get(NAMESPACE, {}).get("pod-security.kubernetes.io/enforce") != "restricted":
        yield f"namespace {NAMESPACE} takes any pod"
    closing = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    if not any(one["kind"] == "NetworkPolicy" and one["spec"] == closing for one in release.cluster):
        yield "nothing is denied by default"
