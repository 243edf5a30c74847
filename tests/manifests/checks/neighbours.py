"""What a process is told of its neighbours, its files and its devices is so: a default that suits a laptop is nobody in a pod."""

import json
import re
from collections.abc import Iterator
from functools import cache

import yaml
from manifests.checks.environment import SERVICES, entry_of, settings_of, words_of
from manifests.checks.network import told
from manifests.checks.nodes import pools
from manifests.checks.registry import check
from manifests.release import ROOT, WORKLOADS, Manifest, Release, called, containers, pod_of

IMAGE = "/app/"
"""Where services/Dockerfile puts models/ and prompts/ of the repository."""
UNUSED = {"AURICLE_SPEECH_URL": ("AURICLE_SPEECH_ENGINE", "openai")}
"""An address that is asked only where another setting says so."""
DEVICES = {"AURICLE_MODEL_DEVICE": "language", "AURICLE_SPEECH_DEVICE_NAME": "speech"}
"""Names that the ledger writes, and the pool that they speak of."""


def processes(release: Release) -> Iterator[tuple[Manifest, str, dict[str, str], set[str]]]:
    """(workload, entry, what it is told in plain text, names of all that it is told) of each of our services."""
    for workload in release.of(*WORKLOADS):
        for container in containers(workload):
            entry = entry_of(container)
            if entry in SERVICES:
                plain = dict(told(release, container))
                yield workload, entry, plain, {*plain, *(one["name"] for one in container.get("env") or [])}


@check
def neighbours_are_told(release: Release) -> Iterator[str]:
    """127.0.0.1 in a pod is the pod itself."""
    for workload, entry, plain, names in processes(release):
        for name, field in settings_of(entry).model_fields.items():
            variable = field.alias or f"AURICLE_{name.upper()}"
            setting, value = UNUSED.get(variable, ("", None))
            asked = value is None or plain.get(setting) == value
            if asked and "127.0.0.1" in str(field.default) and name != "bind_host" and variable not in names:
                yield f"{called(workload)}: {variable} is not told, and {field.default} is itself"


@check
def secrets_are_told_to_all(release: Release) -> Iterator[str]:
    """A key that several services read is told to all of them or to none: one seals what another opens."""
    told_to = {entry: names for _, entry, _, names in processes(release)}
    for variable in sorted({name for entry in told_to for name in secrets_of(entry)}):
        readers = {entry for entry in told_to if variable in secrets_of(entry)}
        without = {entry for entry in readers if variable not in told_to[entry]}
        if without and without != readers:
            yield f"{', '.join(sorted(without))} is not told {variable}, and {', '.join(sorted(readers - without))} is"


def secrets_of(entry: str) -> set[str]:
    """The variables that a service keeps secret."""
    fields = settings_of(entry).model_fields
    return {field.alias or f"AURICLE_{name.upper()}" for name, field in fields.items() if "SecretStr" in str(field)}


@check
def paths_are_in_the_image(release: Release) -> Iterator[str]:
    """asr's image for CUDA has prompts and no models."""
    for workload, entry, plain, _ in processes(release):
        bare = entry == "asr" and "asr" in pod_of(workload)["containers"][0]["image"]
        for name, value in plain.items():
            if bare and name == "AURICLE_SPEECH_MODEL" and value.removeprefix(IMAGE).startswith("models/"):
                yield f"{called(workload)}: its image has no {value}"
            if value.startswith(IMAGE) and not (ROOT / value.removeprefix(IMAGE)).exists():
                yield f"{called(workload)}: {name} is {value}, which the image does not have"


@check
def weights_are_where_they_are_read(release: Release) -> Iterator[str]:
    """A model below /weights is copied there by the pod itself."""
    for workload, entry, plain, _ in processes(release):
        copied = " ".join(words_of(one) for one in pod_of(workload).get("initContainers") or []).split()
        named = [plain.get("AURICLE_SPEECH_MODEL", ""), *json.loads(plain.get("AURICLE_SPEECH_MODELS", "{}")).values()]
        for model in named if entry == "asr" else ():
            if model.startswith("/weights") and not any(f"{model}/".startswith(f"{folder}/") for folder in copied):
                yield f"{called(workload)}: nothing copies {model}"


@check
def the_model_has_one_name(release: Release) -> Iterator[str]:
    """What scorer asks for is served by vLLM itself or is an adapter's folder; the gateway pins the same name."""
    names = {entry: plain.get("AURICLE_MODEL_NAME", "judge") for _, entry, plain, _ in processes(release)}
    if "scorer" in names and names.get("gateway", names["scorer"]) != names["scorer"]:
        yield f"gateway pins {names['gateway']} and scorer asks for {names['scorer']}"
    server = release.workload("vllm")
    for container in containers(server) if server and "scorer" in names else ():
        served = re.findall(r"--served-model-name[= ](\S+)", words_of(container))
        if served and names["scorer"] not in served and "--enable-lora" not in words_of(container):
            yield f"vLLM serves {served[0]} and scorer asks for {names['scorer']}"


@cache
def priced() -> frozenset[str]:
    """Devices of the newest price file."""
    newest = max((ROOT / "prompts" / "prices").glob("*.yaml"))
    return frozenset(one["device"] for one in yaml.safe_load(newest.read_text(encoding="utf-8"))["devices"])


def gpus_of_pool(release: Release, name: str) -> list[str]:
    """The GPUs that a pool may have; empty without such a pool."""
    pool = pools(release).get(name)
    wanted = pool["spec"]["template"]["spec"]["requirements"] if pool else []
    found: list[str] = next((one["values"] for one in wanted if one["key"].endswith("instance-gpu-name")), [])
    return found


@check
def devices_have_a_price(release: Release) -> Iterator[str]:
    """A name that the ledger writes is one of the price file, and its pool has no other GPU."""
    for workload, _, plain, _ in processes(release):
        for variable, pool in DEVICES.items():
            device = plain.get(variable, "cpu")
            if device != "cpu" and device not in priced():
                yield f"{called(workload)}: {variable} is {device}, which has no price"
            elif device != "cpu" and gpus_of_pool(release, pool) not in ([], [device.split()[-1].lower()]):
                yield f"{called(workload)}: {variable} is {device}, and the pool has {gpus_of_pool(release, pool)}"
