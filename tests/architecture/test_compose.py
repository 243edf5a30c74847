"""docker-compose.yml says the same as the launcher: the same processes, the same ports, the same settings."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from auricle_cli.stack.plan import SERVICES, Plan
from auricle_cli.stack.ports import USUAL
from auricle_kit.settings import Settings

ROOT = Path(__file__).parents[2]
OF_A_LAPTOP = {
    "AURICLE_TRACE_FILE", "AURICLE_CONSOLE_URL",
    # Trainings as processes of keeper: the images of compose have no torch.
    "AURICLE_TRAINING_SECRET", "AURICLE_TRAINING_DIR", "AURICLE_ADAPTERS_URL", "AURICLE_ROOT",
}  # fmt: skip
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_every_process_of_the_stack_is_a_container() -> None:
    for service in SERVICES:
        container = COMPOSE["services"][service]
        assert container["command"] == ["python", "-m", f"auricle_{service}"]
        assert container["environment"]["AURICLE_PORT"] == str(USUAL[service])


def test_the_shared_settings_are_the_launchers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AURICLE_")]:
        monkeypatch.delenv(name)  # what the caller exported is passed on too, and make exports the root
    plan = Plan(Path("/app"), Path("/state"), dict(USUAL), "postgresql+asyncpg://auricle_app@/auricle")
    launched = {name for name in plan.shared() if name.startswith("AURICLE_")} - OF_A_LAPTOP
    composed = set(COMPOSE["x-service"]["environment"]) - {"AURICLE_BIND_HOST"}
    assert composed == launched


def test_addresses_name_containers_and_their_ports() -> None:
    for name, value in COMPOSE["x-service"]["environment"].items():
        for host, port in re.findall(r"http://([a-z]+):(\d+)", value):
            assert str(USUAL[host]) == port, name


def test_redis_keeps_what_it_accepted() -> None:
    assert "--appendonly" in COMPOSE["services"]["redis"]["command"]


def config(name: str) -> dict[str, Any]:
    """A file that compose writes into a container."""
    return dict(yaml.safe_load(COMPOSE["configs"][name]["content"]))


def test_monitoring_scrapes_every_process() -> None:
    (job,) = config("prometheus")["scrape_configs"]
    assert set(job["static_configs"][0]["targets"]) == {f"{name}:{USUAL[name]}" for name in SERVICES}


def test_monitoring_brings_the_kinds_of_data_that_the_dashboards_ask() -> None:
    asked = {
        choice["query"]
        for path in (ROOT / "charts/auricle/dashboards").glob("*.json")
        for choice in json.loads(path.read_text())["templating"]["list"]
    }
    assert asked == {one["type"] for one in config("datasources")["datasources"]}


def test_what_is_mounted_or_built_from_the_tree_is_there() -> None:
    services = COMPOSE["services"].values()
    mounted = [one.partition(":")[0] for service in services for one in service.get("volumes", []) if one[0] == "."]
    built = [service["build"]["dockerfile"] for service in services if "build" in service]
    assert mounted
    assert [one for one in (*mounted, *built) if not (ROOT / one).exists()] == []


def test_a_container_is_given_more_time_to_stop_than_its_process_takes() -> None:
    grace = COMPOSE["x-service"]["stop_grace_period"]
    assert int(grace.removesuffix("s")) > Settings.model_fields["drain_seconds"].default + 5
