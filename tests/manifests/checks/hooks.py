"""A hook runs before the chart's own objects are there: it brings what it needs, or waits for ever."""

from collections.abc import Iterator

from manifests.checks.references import mentioned, selects
from manifests.checks.registry import check
from manifests.release import WORKLOADS, Manifest, Release, called, template_of

HOOK, WEIGHT = "helm.sh/hook", "helm.sh/hook-weight"


def moments(manifest: Manifest) -> set[str]:
    """When Helm makes the object apart from the others; empty for an ordinary one."""
    return set((manifest["metadata"].get("annotations") or {}).get(HOOK, "").split(",")) - {""}


def weight(manifest: Manifest) -> int:
    """Lower comes first."""
    return int(manifest["metadata"]["annotations"].get(WEIGHT, "0"))


@check
def hooks_have_their_policies(release: Release) -> Iterator[str]:
    """Where policies are: one for the hook's pods, made at the same moments and before it."""
    policies = release.of("NetworkPolicy")
    for job in filter(moments, release.of(*WORKLOADS) if policies else ()):
        labels = template_of(job)["metadata"].get("labels") or {}
        own = [one for one in policies if selects(one["spec"]["podSelector"].get("matchLabels") or {}, labels)]
        if not any(moments(job) <= moments(one) and weight(one) < weight(job) for one in own):
            yield f"{called(job)} runs before any policy opens a way for it"


@check
def early_hooks_need_nothing_of_the_chart(release: Release) -> Iterator[str]:
    """Before an installation there is no config map, account or claim of the release."""
    for job in release.of(*WORKLOADS):
        if moments(job) & {"pre-install", "pre-upgrade"} and not moments(job) & {"post-install"}:
            for kind, name in mentioned(release, job):
                found = release.named(kind, name)
                if found is not None and not moments(found):
                    yield f"{called(job)} needs {kind} {name}, which comes after it"
