"""What the charts make of each profile of values, rendered by Helm's own engine, beside what `k8s/` gives the cluster."""

import copy
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import helm_python as helm
import yaml

ROOT = Path(__file__).parents[2]
PROFILES = ("default", "minimal", "kind", "eks")
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob")
RELEASE = "auricle"
NAMESPACE = "auricle"

Manifest = dict[str, Any]


@dataclass(frozen=True)
class Release:
    """The objects of the chart in one profile, and the cluster's own."""

    profile: str
    manifests: list[Manifest]
    cluster: list[Manifest]

    def of(self, *kinds: str) -> list[Manifest]:
        """The chart's objects of these kinds."""
        return [one for one in self.manifests if one["kind"] in kinds]

    def named(self, kind: str, name: str) -> Manifest | None:
        """The chart's object of this kind and name."""
        return next((one for one in self.of(kind) if one["metadata"]["name"] == name), None)

    def workload(self, component: str) -> Manifest | None:
        """The workload whose pods carry this `app.kubernetes.io/component`."""
        return next((one for one in self.of(*WORKLOADS) if component_of(one) == component), None)

    def copied(self) -> "Release":
        """For planting a fault."""
        return copy.deepcopy(self)


def called(manifest: Manifest) -> str:
    """`kind/name`, for messages."""
    return f"{manifest['kind']}/{manifest['metadata']['name']}"


def template_of(workload: Manifest) -> Manifest:
    """The pod template: metadata and spec."""
    spec = workload["spec"]
    template: Manifest = spec["jobTemplate"]["spec"]["template"] if workload["kind"] == "CronJob" else spec["template"]
    return template


def pod_of(workload: Manifest) -> Manifest:
    """The pod's spec."""
    spec: Manifest = template_of(workload)["spec"]
    return spec


def component_of(workload: Manifest) -> str:
    """What the workload is, as its pods are labelled."""
    labels = template_of(workload)["metadata"].get("labels", {})
    return str(labels.get("app.kubernetes.io/component", ""))


def containers(workload: Manifest) -> Iterator[Manifest]:
    """Init containers and containers."""
    pod = pod_of(workload)
    yield from pod.get("initContainers") or []
    yield from pod["containers"]


def built(target: Path) -> Path:
    """A copy of the charts with their dependencies built, as `helm dependency update` does it; the copy of charts/auricle."""
    for folder in ("charts", "keda", "karpenter"):
        shutil.copytree(ROOT / folder, target / folder, ignore=shutil.ignore_patterns("*.tgz", "Chart.lock"))
    chart = target / "charts" / "auricle"
    helm.dependency_update(chart)
    return chart


def values_of(profile: str) -> Manifest:
    """What a person passes with `--values`; nothing for the default."""
    if profile == "default":
        return {}
    text = (ROOT / "charts" / "auricle" / f"values-{profile}.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def documents(text: str) -> list[Manifest]:
    """The objects of a YAML text, without its empty documents."""
    return [one for one in yaml.load_all(text, Loader=yaml.CSafeLoader) if one]


@cache
def cluster() -> list[Manifest]:
    """What `kubectl apply -k k8s` brings."""
    listed = yaml.safe_load((ROOT / "k8s" / "kustomization.yaml").read_text())["resources"]
    return [one for name in listed for one in documents((ROOT / "k8s" / name).read_text())]


def rendered(chart: Path, values: Manifest) -> list[Manifest]:
    """The objects that an installation makes, hooks included."""
    with helm.Chart.load(chart) as loaded:
        texts = loaded.render(values, name=RELEASE, namespace=NAMESPACE)
    return [one for name, text in sorted(texts.items()) if not name.endswith("NOTES.txt") for one in documents(text)]


def release(chart: Path, profile: str) -> Release:
    """One profile, rendered."""
    return Release(profile, rendered(chart, values_of(profile)), cluster())
