"""What a container is told is what its process reads: names of settings, ports and probes against the code."""

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module

from auricle_kit.settings import Settings
from manifests.checks.registry import check
from manifests.release import WORKLOADS, Manifest, Release, called, containers

SERVICES = ("gateway", "asr", "compressor", "rules", "scorer", "keeper", "console", "llm")
PREFIX = "AURICLE_"
COMMANDS = {
    "trainer": {"AURICLE_ROOT"},
    "records": {"AURICLE_DATABASE_URL", "AURICLE_APP_PASSWORD"},
    "cli": {
        "AURICLE_ROOT",
        "AURICLE_GATEWAY_URL",
        "AURICLE_RULES_URL",
        "AURICLE_COMPRESSOR_URL",
        "AURICLE_MODEL_URL",
        "AURICLE_MODEL_NAME",
        "AURICLE_MODEL_API_KEY",
        "AURICLE_SCORECARD",
        "AURICLE_TRAINING_DIR",
        "AURICLE_TRAINING_SECRET",
        "AURICLE_ADAPTERS_URL",
    },
}
"""Entries without a settings class, and the variables that their parsers read."""
THIRD_PARTY = {
    "USER": "torch names its caches after it",
    "HOME": "where libraries keep caches",
    "TMPDIR": "a read-only root has /tmp elsewhere",
    "PYTHONUNBUFFERED": "logs come line by line",
    "OMP_NUM_THREADS": "threads of CTranslate2 and torch",
    "HF_HOME": "faster-whisper's and vLLM's downloads",
    "HF_HUB_OFFLINE": "nothing is fetched from outside",
    "HF_TOKEN": "vLLM, for a gated model",
    "AWS_REGION": "boto3, the streamer of weights",
    "AWS_ENDPOINT_URL": "an S3 that is not AWS's",
    "AWS_ACCESS_KEY_ID": "an S3 without Pod Identity",
    "AWS_SECRET_ACCESS_KEY": "an S3 without Pod Identity",
    "RUNAI_STREAMER_CONCURRENCY": "vLLM's streamer of weights",
    "VLLM_CACHE_ROOT": "vLLM's compile cache",
    "VLLM_ENABLE_STARTUP_PLAN": "vLLM's memory profile is kept",
    "VLLM_PLUGINS": "vLLM's LoRA resolver",
    "VLLM_LORA_RESOLVER_CACHE_DIR": "where that resolver looks",
    "VLLM_ALLOW_RUNTIME_LORA_UPDATING": "needed by that resolver",
    "VLLM_NO_USAGE_STATS": "nothing is sent outside",
    "VLLM_API_KEY": "vLLM asks for it",
    "DO_NOT_TRACK": "nothing is sent outside",
    "POSTGRES_USER": "the trial database",
    "POSTGRES_PASSWORD": "the trial database",
    "POSTGRES_DB": "the trial database",
    "PGDATA": "the trial database",
    "REDISCLI_AUTH": "redis-cli in a probe",
    "REDIS_PASSWORD": "the trial Redis",
}
"""Variables that are read by what we did not write, and why they are set."""
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
EXPANDED = re.compile(r"\$[({]?([A-Z][A-Z0-9_]*)")
"""A variable that the command line itself spells out: Kubernetes' `$(X)` or the shell's."""
ENTRY = re.compile(r"\bauricle_(\w+)")


@cache
def settings_of(service: str) -> type[Settings]:
    """The one settings class that a service's module defines."""
    module = import_module(f"auricle_{service}.settings")
    own = [one for one in vars(module).values() if isinstance(one, type) and one.__module__ == module.__name__]
    (found,) = [one for one in own if issubclass(one, Settings)]
    return found


@cache
def read_by(entry: str) -> frozenset[str]:
    """The variables that `python -m auricle_<entry>` reads."""
    if entry in COMMANDS:
        return frozenset(COMMANDS[entry])
    fields = settings_of(entry).model_fields
    return frozenset(field.alias or PREFIX + name.upper() for name, field in fields.items())


def words_of(container: Manifest) -> str:
    """Command and arguments as one text."""
    return " ".join(str(word) for word in [*(container.get("command") or []), *(container.get("args") or [])])


def entry_of(container: Manifest) -> str | None:
    """Which of our entries a container starts; None for other people's programs."""
    found = ENTRY.search(words_of(container))
    return found.group(1) if found else None


def shared_variables(release: Release, container: Manifest) -> Iterator[str]:
    """Names that come from config maps as a whole."""
    for source in container.get("envFrom") or []:
        found = release.named("ConfigMap", source.get("configMapRef", {}).get("name", ""))
        yield from (found or {}).get("data") or {}


@check
def variables_are_settings(release: Release) -> Iterator[str]:
    """A container's own variables are read by its entry; those of a shared config map by some entry."""
    anybody = frozenset().union(*(read_by(service) for service in SERVICES))
    for workload in release.of(*WORKLOADS):
        for container in containers(workload):
            entry = entry_of(container)
            known = read_by(entry) if entry else frozenset[str]()
            own = {one["name"] for one in container.get("env") or []} - known - THIRD_PARTY.keys()
            own -= set(EXPANDED.findall(words_of(container)))
            shared = set(shared_variables(release, container)) - anybody - THIRD_PARTY.keys()
            for name in sorted(own | shared):
                yield f"{called(workload)} {container['name']}: nothing reads {name}"


@check
def needed_variables_are_set(release: Release) -> Iterator[str]:
    """A setting without a default is given, or the process would not start."""
    for workload in release.of(*WORKLOADS):
        for container in containers(workload):
            entry = entry_of(container)
            if entry is None or entry in COMMANDS:
                continue
            given = {one["name"] for one in container.get("env") or []} | set(shared_variables(release, container))
            fields = settings_of(entry).model_fields
            needed = {PREFIX + name.upper() for name, field in fields.items() if field.is_required()}
            if missing := needed - given:
                yield f"{called(workload)} {container['name']}: {sorted(missing)} must be set"


def value_of(container: Manifest, name: str) -> str | None:
    """What a container is told by a literal variable."""
    return next(
        (str(one["value"]) for one in container.get("env") or [] if one["name"] == name and "value" in one), None
    )


@check
def processes_listen_where_they_are_asked(release: Release) -> Iterator[str]:
    """The port that a process opens is a port of its container, and it opens it to the pod's network."""
    for workload in release.of(*WORKLOADS):
        for container in containers(workload):
            entry = entry_of(container)
            if entry not in SERVICES:
                continue
            field = settings_of(entry).model_fields["port"]
            port = int(value_of(container, "AURICLE_PORT") or str(field.default))
            if port not in {one["containerPort"] for one in container.get("ports") or []}:
                yield f"{called(workload)}: listens on {port}, which is no port of its container"
            everywhere = {*shared_variables(release, container), *(one["name"] for one in container.get("env") or [])}
            if "AURICLE_BIND_HOST" not in everywhere:
                yield f"{called(workload)}: listens on 127.0.0.1 only"


@check
def probes_ask_what_is_answered(release: Release) -> Iterator[str]:
    """Ours answer /healthz and /readyz, vLLM answers /health; nothing long-lived is without probes."""
    for workload in release.of("Deployment", "StatefulSet"):
        for container in pod_containers(workload):
            ports = {one["name"]: one["containerPort"] for one in container.get("ports") or []}
            allowed = {"/healthz", "/readyz"} if entry_of(container) else {"/health"}
            probes = {name: container[name] for name in PROBES if name in container}
            if "readinessProbe" not in probes or "livenessProbe" not in probes:
                yield f"{called(workload)} {container['name']}: has no readiness or no liveness probe"
            for name, probe in probes.items():
                asked = probe.get("httpGet")
                if asked and (asked["path"] not in allowed or asked["port"] not in {*ports, *ports.values()}):
                    yield f"{called(workload)} {name}: nobody answers {asked['path']} on {asked['port']}"


def pod_containers(workload: Manifest) -> list[Manifest]:
    """Without init containers."""
    found: list[Manifest] = workload["spec"]["template"]["spec"]["containers"]
    return found
