"""Every profile of values that we ship passes every check, and so do combinations that people make of them."""

from pathlib import Path

import helm_python as helm
import pytest
from manifests.checks.registry import CHECKS, faults
from manifests.release import PROFILES, Manifest, Release, cluster, rendered, values_of

COMBINATIONS: dict[str, tuple[str, Manifest]] = {
    "asleep-on-kind": ("kind", {"keda": {"enabled": True}}),
    "watched-on-kind": ("kind", {"monitoring": True}),
    "with-a-model-elsewhere": (
        "eks",
        {
            "vllm": {"enabled": False},
            "keda": {"vllm": {"enabled": False}},
            "settings": {"AURICLE_MODEL_URL": "https://models.example.com/v1"},
        },
    ),
    "traced": ("eks", {"settings": {"AURICLE_OTLP_ENDPOINT": "http://collector.monitoring:4318/v1/traces"}}),
    "with-a-trainer": ("eks", {"trainer": {"enabled": True}}),
    "with-trainings-on-request": ("eks", {"trainer": {"enabled": True, "onRequest": True}}),
    "with-trainings-on-request-for-trial": (
        "kind",
        {"trainer": {"enabled": True, "onRequest": True, "gpus": 0}, "vllm": {"adapters": "s3://a/b"}},
    ),
    "without-adapters": ("eks", {"vllm": {"adapters": ""}}),
}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("name", sorted(CHECKS))
def test_a_profile_has_no_fault(releases: dict[str, Release], profile: str, name: str) -> None:
    assert faults(name, releases[profile]) == []


@pytest.mark.parametrize("combination", COMBINATIONS)
def test_a_combination_has_no_fault(chart: Path, combination: str) -> None:
    profile, more = COMBINATIONS[combination]
    release = Release(profile, rendered(chart, merged(values_of(profile), more)), cluster())
    assert {name: said for name in CHECKS if (said := faults(name, release))} == {}


def merged(below: Manifest, above: Manifest) -> Manifest:
    """As Helm lays a second file of values over a first."""
    return below | {
        key: merged(below[key], value) if isinstance(value, dict) and isinstance(below.get(key), dict) else value
        for key, value in above.items()
    }


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"vllm": {"enabled": False}}, "nothing answers the scorer"),
        ({"vllm": {"enabled": False}, "services": {"llm": {"enabled": True}}, "keda": {"enabled": True}}, "nothing to scale"),
        ({"trials": {"enabled": True}}, "trials.password"),
        ({"ingress": {"enabled": True}}, "ingress.host"),
        ({"trainer": {"enabled": True, "onRequest": True}, "vllm": {"adapters": ""}}, "trainer.onRequest: vllm.adapters"),
        ({"trainer": {"enabled": True, "onRequest": True, "schedule": "0 3 * * 0"}}, "trainer.onRequest: a workspace"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused(chart: Path, values: Manifest, complaint: str) -> None:
    with pytest.raises(helm.HelmError, match=complaint):
        rendered(chart, values)


def test_nginx_lets_uploads_and_events_through(chart: Path) -> None:
    """By itself it refuses bodies over 1 MiB and ends a silent answer after 60 s; what is set by hand stays."""
    prefix = "nginx.ingress.kubernetes.io/"
    ingress = {"enabled": True, "className": "nginx", "host": "auricle.example.com"}
    by_hand = {"annotations": {prefix + "proxy-read-timeout": "30"}}
    made, changed = (
        next(one for one in rendered(chart, {"ingress": values}) if one["kind"] == "Ingress")["metadata"]["annotations"]
        for values in (ingress, ingress | by_hand)
    )
    assert made[prefix + "proxy-body-size"] == "0"
    assert made[prefix + "proxy-request-buffering"] == "off"
    assert int(made[prefix + "proxy-read-timeout"]) >= 600
    assert changed[prefix + "proxy-read-timeout"] == "30"


def test_other_controllers_get_their_own_annotations_alone(chart: Path) -> None:
    values = {"ingress": {"enabled": True, "className": "alb", "host": "auricle.example.com"}}
    (ingress,) = [one for one in rendered(chart, values) if one["kind"] == "Ingress"]
    assert "annotations" not in ingress["metadata"]


def test_keeper_may_make_jobs_of_trainings_and_nothing_else(chart: Path) -> None:
    wanted = merged(values_of("eks"), {"trainer": {"enabled": True, "onRequest": True}})
    release = Release("eks", rendered(chart, wanted), cluster())
    (role,) = release.of("Role")
    rights = {(one["resources"][0], verb) for one in role["rules"] for verb in one["verbs"]}
    assert rights == {("cronjobs", "get"), ("jobs", "create"), ("jobs", "get"), ("jobs", "delete")}
    (cronjobs,) = [one for one in role["rules"] if one["resources"] == ["cronjobs"]]
    (template,) = release.of("CronJob")
    assert cronjobs["resourceNames"] == [template["metadata"]["name"]]
    assert template["spec"]["suspend"]
    keeper = release.named("Deployment", "auricle-keeper")
    assert keeper is not None
    (container,) = keeper["spec"]["template"]["spec"]["containers"]
    told = {one["name"]: one.get("value") for one in container["env"]}
    assert told["AURICLE_TRAINING_CRONJOB"] == template["metadata"]["name"]
    assert told["AURICLE_TRAINING_DRIVER"] == "kubernetes"
    policy = release.named("NetworkPolicy", "auricle-keeper")
    assert policy is not None
    assert any({one["port"] for one in rule.get("ports", ())} == {443, 6443} for rule in policy["spec"]["egress"])


def test_without_trainings_on_request_nothing_speaks_to_the_api(chart: Path) -> None:
    release = Release("eks", rendered(chart, merged(values_of("eks"), {"trainer": {"enabled": True}})), cluster())
    assert not release.of("Role")
    assert "serviceAccountToken" not in str(release.of("Deployment"))
