"""GPU nodes: pods reach the ones that are theirs, pools are large enough and go when empty, and Karpenter's own rules hold."""

from collections.abc import Iterator

from manifests.checks.registry import check
from manifests.release import WORKLOADS, Manifest, Release, called, containers, pod_of

GPU = "nvidia.com/gpu"
TAINT = "auricle.dev/gpu"
POOL = "auricle.dev/pool"


def gpus_of(workload: Manifest) -> int:
    """GPUs of one pod."""
    limits = [(one.get("resources") or {}).get("limits") or {} for one in containers(workload)]
    return sum(int(one.get(GPU, 0)) for one in limits)


def pools(release: Release) -> dict[str, Manifest]:
    """Pool name, as nodes are labelled, → NodePool."""
    return {one["spec"]["template"]["metadata"]["labels"][POOL]: one for one in release.of("NodePool")}


@check
def gpus_fit_their_pool(release: Release) -> Iterator[str]:
    """Most replicas times GPUs is within the pool's limit, and all pools within the cluster's quota."""
    most = {
        one["spec"]["scaleTargetRef"]["name"]: one["spec"].get("maxReplicaCount", 100)
        for one in release.of("ScaledObject")
    }
    asked: dict[str, int] = {}
    for workload in release.of("Deployment"):
        pool = (pod_of(workload).get("nodeSelector") or {}).get(POOL, "")
        asked[pool] = asked.get(pool, 0) + gpus_of(workload) * most.get(workload["metadata"]["name"], 1)
    for name, pool in pools(release).items():
        limit = int(pool["spec"]["limits"][GPU])
        if asked.get(name, 0) > limit:
            yield f"{called(pool)} allows {limit} GPUs, {asked[name]} may be asked for"
    quota = [int(one["spec"]["hard"][f"requests.{GPU}"]) for one in release.cluster if one["kind"] == "ResourceQuota"]
    if pools(release) and sum(asked.values()) > sum(quota):
        yield f"the quota allows {sum(quota)} GPUs, {sum(asked.values())} may be asked for"


def tolerates(pod: Manifest, taint: Manifest) -> bool:
    """Kubernetes' rule for one taint."""
    return any(
        one.get("key") in {None, taint["key"]}
        and one.get("effect") in {None, taint["effect"]}
        and (one.get("operator") == "Exists" or one.get("value") == taint.get("value"))
        for one in pod.get("tolerations") or []
    )


@check
def gpu_pods_reach_their_nodes(release: Release) -> Iterator[str]:
    """A pod that asks for a GPU names its pool and tolerates its taints; no other pod may sit on a GPU node."""
    taints = {name: pool["spec"]["template"]["spec"]["taints"] for name, pool in pools(release).items()}
    for workload in release.of(*WORKLOADS):
        pod = pod_of(workload)
        name = (pod.get("nodeSelector") or {}).get(POOL)
        if gpus_of(workload) and not taints and release.profile != "default":
            yield f"{called(workload)} asks for a GPU, and this profile brings no node that has one"
        elif gpus_of(workload) and taints and name not in taints:
            yield f"{called(workload)} asks for a GPU of pool {name}, which is not there"
        elif gpus_of(workload):
            missing = [one for one in taints.get(str(name), []) if not tolerates(pod, one)]
            yield from (f"{called(workload)} does not tolerate {one['key']}={one.get('value')}" for one in missing)
        elif any(one.get("key") in {TAINT, None} for one in pod.get("tolerations") or []):
            yield f"{called(workload)} asks for no GPU and may take a GPU node"


@check
def pools_empty_at_once(release: Release) -> Iterator[str]:
    """Nodes go when empty, all together; busy ones are left alone."""
    for name, pool in pools(release).items():
        disruption = pool["spec"]["disruption"]
        budgets = {reason: one["nodes"] for one in disruption["budgets"] for reason in one.get("reasons", ["all"])}
        if disruption["consolidationPolicy"] != "WhenEmpty" or budgets.get("Underutilized") != "0":
            yield f"{called(pool)} takes nodes from work"
        if budgets.get("Empty") != "100%" or "all" in budgets:
            yield f"{called(pool)} lets idle nodes go one by one"
        if [one["value"] for one in pool["spec"]["template"]["spec"]["taints"] if one["key"] == TAINT] != [name]:
            yield f"{called(pool)} is not kept for {name}"


def broken_requirements(pool: Manifest) -> Iterator[str]:
    """Karpenter's rules on requirements, which its definitions write in CEL."""
    for one in pool["spec"]["template"]["spec"]["requirements"]:
        values = one.get("values") or []
        if one["operator"] == "In" and len(values) < max(1, one.get("minValues", 1)):
            yield f"{one['key']} has too few values"
        if one["operator"] in {"Gt", "Lt"} and not (len(values) == 1 and values[0].isdecimal()):
            yield f"{one['key']} needs one number"


@check
def karpenters_rules_hold(release: Release) -> Iterator[str]:
    classes = {one["metadata"]["name"]: one["spec"] for one in release.of("EC2NodeClass")}
    for pool in pools(release).values():
        yield from (f"{called(pool)}: {fault}" for fault in broken_requirements(pool))
        if pool["spec"]["template"]["spec"]["nodeClassRef"]["name"] not in classes:
            yield f"{called(pool)}: there is no such EC2NodeClass"
        for budget in pool["spec"]["disruption"]["budgets"]:
            if ("schedule" in budget) != ("duration" in budget):
                yield f"{called(pool)}: a budget has a schedule without a duration"
    for name, spec in classes.items():
        if ("role" in spec) == ("instanceProfile" in spec):
            yield f"EC2NodeClass/{name}: needs a role or an instance profile, and not both"
        if any("alias" in term for term in spec["amiSelectorTerms"]) and len(spec["amiSelectorTerms"]) > 1:
            yield f"EC2NodeClass/{name}: an alias must stand alone"
