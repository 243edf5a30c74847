"""One planted fault or more for each check: what is broken, how, and a word of the complaint."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from manifests.checks.hooks import WEIGHT
from manifests.release import Manifest, Release, pod_of, template_of

NOBODY = {"matchLabels": {"a": "b"}}
NOBODY_THERE = {"podSelector": NOBODY}
ASR = {"matchLabels": {"app.kubernetes.io/component": "asr"}}
ENFORCE = "pod-security.kubernetes.io/enforce"
HASTE = {"horizontalPodAutoscalerConfig": {"behavior": {"scaleDown": {"stabilizationWindowSeconds": 5}}}}
Breaking = Callable[[Release], object]


@dataclass(frozen=True)
class Plant:
    """A fault, and what its check must say of it."""

    check: str
    breaking: Breaking
    complaint: str


def get(release: Release, kind: str, name: str) -> Manifest:
    """An object that is there."""
    found = release.named(kind, name)
    assert found is not None
    return found


def spec(release: Release, kind: str, name: str) -> Manifest:
    """Its spec."""
    found: Manifest = get(release, kind, name)["spec"]
    return found


def pod(release: Release, name: str) -> Manifest:
    """A deployment's pod."""
    return pod_of(get(release, "Deployment", name))


def container(release: Release, name: str) -> Manifest:
    """A deployment's first container."""
    found: Manifest = pod(release, name)["containers"][0]
    return found


def security(release: Release, name: str) -> Manifest:
    """Its security context."""
    found: Manifest = container(release, name)["securityContext"]
    return found


def trigger(release: Release, number: int = 0) -> Manifest:
    """The metadata of a trigger of asr."""
    found: Manifest = scaled(release)["triggers"][number]["metadata"]
    return found


def rule(release: Release) -> Manifest:
    """The one alert."""
    found: Manifest = spec(release, "PrometheusRule", "auricle")["groups"][0]["rules"][0]
    return found


def variable(release: Release, name: str, called: str) -> None:
    """One more variable of a container."""
    container(release, name).setdefault("env", []).append({"name": called, "value": "1"})


def scaled(release: Release) -> Manifest:
    """What wakes asr."""
    return spec(release, "ScaledObject", "asr")


def monitor(release: Release) -> Manifest:
    """What scrapes the gateway."""
    return spec(release, "ServiceMonitor", "gateway")


def budget(release: Release) -> Manifest:
    """What keeps the gateway up."""
    return spec(release, "PodDisruptionBudget", "gateway")


def quota(release: Release) -> Manifest:
    """The cluster's ceiling."""
    found: Manifest = next(one for one in release.cluster if one["kind"] == "ResourceQuota")["spec"]["hard"]
    return found


def pool(release: Release, name: str = "auricle-speech") -> Manifest:
    """A pool's spec."""
    return spec(release, "NodePool", name)


def shared(release: Release) -> Manifest:
    """The variables that every container gets."""
    found: Manifest = get(release, "ConfigMap", "shared")["data"]
    return found


def requirements(release: Release) -> list[Manifest]:
    """What instances the speech pool may have."""
    found: list[Manifest] = pool(release)["template"]["spec"]["requirements"]
    return found


def annotations(release: Release, kind: str) -> Manifest:
    """When Helm makes an object of the migrations."""
    found: Manifest = get(release, kind, "migrations")["metadata"]["annotations"]
    return found


def unpooled(release: Release) -> None:
    """No node pool is left."""
    for one in release.of("NodePool"):
        release.manifests.remove(one)


def migration(release: Release) -> Manifest:
    """The pod of the hook."""
    return pod_of(get(release, "Job", "migrations"))


def policy(release: Release, name: str) -> Manifest:
    """Who may talk to whom."""
    return spec(release, "NetworkPolicy", name)


def env(release: Release, name: str) -> Manifest:
    """A variable of the gateway."""
    found: Manifest = next(one for one in container(release, "gateway")["env"] if one["name"] == name)
    return found


def denial(release: Release) -> Manifest:
    """The cluster's policy that opens nothing."""
    return next(one for one in release.cluster if one["metadata"]["name"] == "default-deny")


def node_class(release: Release) -> Manifest:
    """The kind of node."""
    return spec(release, "EC2NodeClass", "auricle-gpu")


def dashboard(release: Release, expression: str) -> None:
    """A dashboard that asks one thing."""
    get(release, "ConfigMap", "dashboard")["data"]["operations.json"] = json.dumps({"expr": expression})


def without(manifest: Manifest, *keys: str) -> None:
    """Leave keys out."""
    for key in keys:
        del manifest[key]


PLANTS = (
    Plant("kinds_fit_their_schemas", lambda h: scaled(h).update(pollingIntervall=5), "pollingIntervall"),
    Plant("kinds_fit_their_schemas", lambda h: trigger(h).update(streamLength=64), "is not of type 'string'"),
    Plant("kinds_fit_their_schemas", lambda h: spec(h, "Deployment", "asr").update(replica=1), "replica"),
    Plant("kinds_fit_their_schemas", lambda h: container(h, "asr").update(image=7), "image"),
    Plant("kinds_fit_their_schemas", lambda h: pool(h)["disruption"].update(consolidationPolicy="Sometimes"), "Sometimes"),
    Plant("kinds_fit_their_schemas", lambda h: get(h, "Service", "gateway").update(apiVersion="v9"), "knows no"),
    Plant("kinds_fit_their_schemas", lambda h: h.cluster[0]["metadata"].update(lables={}), "lables"),
    Plant("kinds_fit_their_schemas", lambda h: node_class(h).update(userdata=""), "userdata"),
    Plant("kinds_fit_their_schemas", lambda h: monitor(h)["endpoints"][0].update(pth=""), "pth"),
    Plant("nothing_is_null", lambda h: container(h, "asr")["ports"][0].update(name=None), "$.spec.template.spec.containers.0.ports.0.name"),
    Plant("names_are_unique", lambda h: h.manifests.append(get(h, "Service", "gateway")), "twice"),
    Plant("pods_are_restricted", lambda h: security(h, "asr").update(privileged=True), "privileged"),
    Plant("pods_are_restricted", lambda h: without(security(h, "asr"), "allowPrivilegeEscalation"), "escalate"),
    Plant("pods_are_restricted", lambda h: security(h, "asr").update(capabilities={"drop": ["NET_RAW"]}), "capabilities"),
    Plant("pods_are_restricted", lambda h: security(h, "asr").update(runAsNonRoot=False), "may run as root"),
    Plant("pods_are_restricted", lambda h: security(h, "asr").update(runAsUser=0), "runs as root"),
    Plant("pods_are_restricted", lambda h: without(pod(h, "asr")["securityContext"], "seccompProfile"), "seccomp"),
    Plant("pods_are_restricted", lambda h: container(h, "asr")["ports"][0].update(hostPort=80), "host"),
    Plant("pods_are_restricted", lambda h: pod(h, "asr").update(hostNetwork=True), "hostNetwork"),
    Plant("pods_are_restricted", lambda h: pod(h, "asr").update(volumes=[{"name": "x", "hostPath": {}}]), "volume x"),
    Plant("pods_are_restricted", lambda h: pod(h, "asr")["securityContext"].update(sysctls=[{}]), "sysctls"),
    Plant("root_is_read_only", lambda h: without(security(h, "asr"), "readOnlyRootFilesystem"), "writes"),
    Plant("tokens_are_not_mounted", lambda h: without(pod(h, "asr"), "automountServiceAccountToken"), "token"),
    Plant("containers_say_what_they_need", lambda h: without(container(h, "asr")["resources"], "requests"), "asks for no"),
    Plant("images_can_be_cached", lambda h: container(h, "asr").update(image="auricle:latest"), "anew"),
    Plant("images_can_be_cached", lambda h: container(h, "asr").update(image="host:5000/auricle"), "anew"),
    Plant("services_find_pods_and_ports", lambda h: spec(h, "Service", "gateway").update(selector={"a": "b"}), "selects []"),
    Plant("services_find_pods_and_ports", lambda h: spec(h, "Service", "gateway")["ports"][0].update(targetPort=1), "no port 1"),
    Plant("monitors_find_services", lambda h: monitor(h)["endpoints"][0].update(port="x"), "no port"),
    Plant("monitors_find_services", lambda h: monitor(h)["selector"].update(NOBODY), "no service"),
    Plant("monitors_find_services", lambda h: spec(h, "PodMonitor", "asr")["podMetricsEndpoints"][0].update(port="x"), "no pods"),
    Plant("policies_and_budgets_find_pods", lambda h: spec(h, "NetworkPolicy", "gateway").update(podSelector=NOBODY), "no pod"),
    Plant("policies_and_budgets_find_pods", lambda h: budget(h).update(selector=NOBODY), "no pod"),
    Plant("scalers_own_their_targets", lambda h: scaled(h)["scaleTargetRef"].update(name="asrr"), "no asrr"),
    Plant("scalers_own_their_targets", lambda h: spec(h, "Deployment", "asr").update(replicas=1), "carries replicas"),
    Plant("mentioned_objects_exist", lambda h: pod(h, "asr").update(serviceAccountName="asr"), "no ServiceAccount"),
    Plant("mentioned_objects_exist", lambda h: pod(h, "asr").update(priorityClassName="high"), "no PriorityClass"),
    Plant("mentioned_objects_exist", lambda h: h.manifests.remove(get(h, "ConfigMap", "shared")), "no ConfigMap"),
    Plant("keys_of_secrets_exist", lambda h: get(h, "Secret", "auricle").update(stringData={"uplaod": ""}), "has no upload"),
    Plant("scaled_objects_authenticate", lambda h: h.manifests.remove(get(h, "TriggerAuthentication", "redis")), "no Trigger"),
    Plant("idle_workloads_have_no_budget", lambda h: budget(h).update(selector=ASR), "at zero"),
    Plant("workloads_say_what_they_are", lambda h: without(template_of(get(h, "Deployment", "asr"))["metadata"], "labels"), "lack"),
    Plant("variables_are_settings", lambda h: variable(h, "asr", "AURICLE_SPECH_BATCH"), "AURICLE_SPECH_BATCH"),
    Plant("variables_are_settings", lambda h: variable(h, "asr", "AURICLE_SCORER_CONCURRENCY"), "AURICLE_SCORER"),
    Plant("variables_are_settings", lambda h: variable(h, "vllm", "VLLM_CACHE_ROT"), "VLLM_CACHE_ROT"),
    Plant("variables_are_settings", lambda h: shared(h).update(AURICLE_X="1"), "AURICLE_X"),
    Plant("needed_variables_are_set", lambda h: without(shared(h), "AURICLE_BLOB_URL"), "BLOB_URL"),
    Plant("processes_listen_where_they_are_asked", lambda h: variable(h, "asr", "AURICLE_PORT"), "listens on 1"),
    Plant("processes_listen_where_they_are_asked", lambda h: without(shared(h), "AURICLE_BIND_HOST"), "127.0.0.1"),
    Plant("probes_ask_what_is_answered", lambda h: container(h, "asr")["livenessProbe"]["httpGet"].update(path="/health"), "/health"),
    Plant("probes_ask_what_is_answered", lambda h: container(h, "asr")["livenessProbe"]["httpGet"].update(port=9102), "9102"),
    Plant("probes_ask_what_is_answered", lambda h: without(container(h, "asr"), "readinessProbe"), "no readiness"),
    Plant("addresses_lead_to_services", lambda h: env(h, "AURICLE_ASR_URL").update(value="http://asr:9102"), "nothing answers"),
    Plant("addresses_lead_to_services", lambda h: h.manifests.remove(get(h, "Service", "asr")), "nothing answers"),
    Plant("policies_let_addresses_through", lambda h: policy(h, "gateway").update(egress=[]), "may not go out"),
    Plant("policies_let_addresses_through", lambda h: policy(h, "asr")["ingress"][0].update(ports=[{"port": 1}]), "lets"),
    Plant("policies_let_addresses_through", lambda h: policy(h, "asr")["ingress"][0].update({"from": [NOBODY_THERE]}), "lets"),
    Plant("ways_out_are_needed", lambda h: policy(h, "vllm").update(egress=[{"ports": [{"port": 5432}]}]), "told of none"),
    Plant("ways_out_are_needed", lambda h: policy(h, "migrations").update(egress=[{"ports": [{"port": 443}]}]), "no role"),
    Plant("other_namespaces_can_be_reached", lambda h: shared(h).update(AURICLE_OTLP_ENDPOINT="http://otel.monitoring:4318"), "may not go"),
    Plant("the_cluster_denies_by_default", lambda h: without(h.cluster[0]["metadata"]["labels"], ENFORCE), "any pod"),
    Plant("the_cluster_denies_by_default", lambda h: h.cluster.remove(denial(h)), "denied"),
    Plant("everything_has_a_policy", lambda h: policy(h, "vllm").update(podSelector=NOBODY), "no policy"),
    Plant("variables_are_settings", lambda h: container(h, "gateway")["env"].append({"name": "ADMIN_URL", "value": "1"}), "ADMIN"),
    Plant("secrets_are_not_values", lambda h: variable(h, "asr", "AURICLE_SPEECH_API_KEY"), "written out"),
    Plant("secrets_are_not_values", lambda h: shared(h).update(AURICLE_DATABASE_URL="postgresql://a:b@c/d"), "written out"),
    Plant("triggers_count_entries", lambda h: trigger(h).update(consumerGroup="workers"), "consumerGroup"),
    Plant("triggers_count_entries", lambda h: without(trigger(h), "streamLength"), "no streamLength"),
    Plant("triggers_name_the_streams", lambda h: trigger(h, 1).update(stream="{auricle}:asr:backfil"), "is woken by"),
    Plant("sleep_is_complete", lambda h: scaled(h).update(minReplicaCount=1), "never sleeps"),
    Plant("sleep_is_complete", lambda h: scaled(h).update(fallback={}), "fallback"),
    Plant("sleep_is_complete", lambda h: get(h, "ScaledObject", "asr")["metadata"].update(name="a" * 64), "too long"),
    Plant("sleep_is_complete", lambda h: scaled(h).update(advanced=HASTE), "within a minute"),
    Plant("gpus_fit_their_pool", lambda h: scaled(h).update(maxReplicaCount=17), "16 GPUs, 17"),
    Plant("gpus_fit_their_pool", lambda h: quota(h).update({"requests.nvidia.com/gpu": "3"}), "quota"),
    Plant("gpu_pods_reach_their_nodes", lambda h: pod(h, "asr")["tolerations"][0].update(value="language"), "does not tolerate"),
    Plant("gpu_pods_reach_their_nodes", lambda h: pod(h, "asr").update(nodeSelector={}), "is not there"),
    Plant("gpu_pods_reach_their_nodes", lambda h: pod(h, "gateway").update(tolerations=[{"operator": "Exists"}]), "may take"),
    Plant("gpu_pods_reach_their_nodes", unpooled, "brings no node"),
    Plant("neighbours_are_told", lambda h: without(shared(h), "AURICLE_REDIS_URL"), "AURICLE_REDIS_URL is not told"),
    Plant("paths_are_in_the_image", lambda h: shared(h).update(AURICLE_PROMPTS_DIR="/app/prompt"), "does not have"),
    Plant("paths_are_in_the_image", lambda h: shared(h).update(AURICLE_SPEECH_MODEL="/app/models/speech"), "its image has no"),
    Plant("secrets_are_told_to_all", lambda h: variable(h, "scorer", "AURICLE_MASKING_KEYS"), "gateway is not told"),
    Plant("weights_are_where_they_are_read", lambda h: shared(h).update(AURICLE_SPEECH_MODEL="/weights/turbo"), "nothing copies"),
    Plant("the_model_has_one_name", lambda h: variable(h, "gateway", "AURICLE_MODEL_NAME"), "gateway pins 1"),
    Plant("the_model_has_one_name", lambda h: container(h, "vllm").update(args=["--served-model-name=qwen"]), "vLLM serves qwen"),
    Plant("devices_have_a_price", lambda h: shared(h).update(AURICLE_MODEL_DEVICE="NVIDIA L5"), "no price"),
    Plant("devices_have_a_price", lambda h: shared(h).update(AURICLE_MODEL_DEVICE="NVIDIA L4"), "and the pool has"),
    Plant("hooks_have_their_policies", lambda h: without(annotations(h, "NetworkPolicy"), WEIGHT), "before any policy"),
    Plant("hooks_have_their_policies", lambda h: policy(h, "migrations").update(podSelector=NOBODY), "before any policy"),
    Plant("early_hooks_need_nothing_of_the_chart", lambda h: migration(h).update(serviceAccountName="auricle"), "comes after"),
    Plant("quota_holds_the_largest", lambda h: quota(h).update({"requests.cpu": "20"}), "cpu"),
    Plant("quota_holds_the_largest", lambda h: quota(h).update({"requests.memory": "100Gi"}), "memory"),
    Plant("quota_holds_the_largest", lambda h: quota(h).update({"pods": "17"}), "pods"),
    Plant("pools_empty_at_once", lambda h: pool(h)["disruption"].update(consolidationPolicy="WhenEmptyOrUnderutilized"), "from work"),
    Plant("pools_empty_at_once", lambda h: pool(h)["disruption"].update(budgets=[{"nodes": "10%"}]), "one by one"),
    Plant("pools_empty_at_once", lambda h: pool(h)["template"]["spec"].update(taints=[]), "not kept"),
    Plant("karpenters_rules_hold", lambda h: requirements(h)[0].update(values=[]), "too few"),
    Plant("karpenters_rules_hold", lambda h: requirements(h)[5].update(values=["many"]), "needs one number"),
    Plant("karpenters_rules_hold", lambda h: pool(h)["template"]["spec"]["nodeClassRef"].update(name="x"), "no such"),
    Plant("karpenters_rules_hold", lambda h: pool(h)["disruption"]["budgets"][0].update(duration="1h"), "schedule"),
    Plant("karpenters_rules_hold", lambda h: node_class(h).update(instanceProfile="x"), "not both"),
    Plant("karpenters_rules_hold", lambda h: node_class(h)["amiSelectorTerms"].append({"id": "ami-1"}), "stand alone"),
    Plant("grace_covers_the_drain", lambda h: pod(h, "gateway").update(terminationGracePeriodSeconds=20), "needs"),
    Plant("grace_covers_the_drain", lambda h: container(h, "vllm").update(args=["--shutdown-timeout=119"]), "needs 131"),
    Plant("grace_fits_the_node", lambda h: pod(h, "asr").update(terminationGracePeriodSeconds=300), "spot notice"),
    Plant("grace_fits_the_node", lambda h: pool(h)["template"]["spec"].update(terminationGracePeriod="30s"), "than its node"),
    Plant("vllm_drains", lambda h: container(h, "vllm").update(args=[]), "no --shutdown-timeout"),
    Plant("vllm_drains", lambda h: spec(h, "Deployment", "vllm").update(strategy={}), "surges"),
    Plant("metrics_are_made_by_the_code", lambda h: rule(h).update(expr="auricle_queue_oldest_second > 1"), "auricle_queue_oldest_second"),
    Plant("metrics_are_made_by_the_code", lambda h: dashboard(h, "rate(auricle_runs[5m])"), "auricle_runs"),
    Plant("triggers_ask_for_metrics_that_exist", lambda h: trigger(h).update(query="sum(auricle_waiting)"), "auricle_waiting"),
    Plant("alerts_can_be_acted_on", lambda h: without(rule(h)["annotations"], "runbook_url"), "runbook"),
    Plant("alerts_can_be_acted_on", lambda h: without(rule(h)["labels"], "severity"), "severity"),
)  # fmt: skip
