"""The image of the CPU services builds here, starts as each of them, answers, and holds nothing that it should not."""

import json
import os
import platform
import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import yaml
from auricle_cli.house.plan import SERVICES
from fixtures.postgres import Postgres
from fixtures.redis import RedisServer, free_port
from images import building
from images.building import ROOT, TAG, Builder

pytestmark = [pytest.mark.images, pytest.mark.timeout(2400)]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
START_SECONDS = 90.0
FACTS: dict[str, object] = {}


@pytest.fixture(scope="module")
def builder() -> Iterator[Builder]:
    made = Builder(building.folder())
    if why := building.unable(made):
        pytest.skip(why)
    began = time.monotonic()
    building.build(made)
    FACTS["build_seconds"] = round(time.monotonic() - began, 1)
    FACTS["size"] = made("images", "--format", "{{.Size}}", TAG)
    yield made
    _write_evidence()


@pytest.fixture(scope="module")
def container(builder: Builder) -> Iterator[str]:
    name = builder("from", TAG)
    yield name
    builder("rm", name)


def _write_evidence() -> None:
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, shared with other work"
    facts = {"command": "make images", "date": datetime.now(UTC).date().isoformat(), "machine": machine} | FACTS
    facts["cuda_image"] = "not run: no base image with CUDA and no GPU here"
    target = Path(os.environ.get("AURICLE_EVIDENCE", ROOT / "docs" / "evidence")) / "images.json"
    target.write_text(json.dumps(facts, indent=2) + "\n")


@pytest.mark.parametrize("service", SERVICES)
def test_the_image_starts_as_each_service_and_answers(
    builder: Builder, container: str, service: str, redis_server: RedisServer, postgres: Postgres, postgres_url: str
) -> None:
    port = free_port()
    settings = COMPOSE["services"][service]["environment"] | {
        "AURICLE_PORT": str(port),
        "AURICLE_REDIS_URL": redis_server.url,
        "AURICLE_DATABASE_URL": postgres_url,
        "AURICLE_BIND_HOST": "127.0.0.1",
    }
    settings = {name: value for name, value in settings.items() if "${" not in value}
    given = [part for name, value in settings.items() for part in ("--env", f"{name}={value}")]
    socket = ["--volume", f"{postgres.socket}:{postgres.socket}"]
    command = COMPOSE["services"][service]["command"]
    line = builder.command("run", "--isolation", "chroot", *given, *socket, container, "--", *command)
    began = time.monotonic()
    process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        answer = _first_answer(f"http://127.0.0.1:{port}/healthz", process)
        assert answer["status"] == "ok", answer
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    FACTS.setdefault("healthz_after_seconds", {})[service] = round(time.monotonic() - began, 1)  # type: ignore[index]


def _first_answer(url: str, process: "subprocess.Popen[bytes]") -> dict[str, str]:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            answer: dict[str, str] = httpx.get(url, timeout=2.0).json()
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return answer
    os.killpg(process.pid, signal.SIGKILL)
    raise AssertionError(process.communicate()[0].decode(errors="replace")[-3000:])


def test_it_runs_as_nobody_in_particular_and_says_what_it_is(builder: Builder) -> None:
    config = builder.image()["config"]
    assert config["User"] == "10001"
    assert config["Labels"]["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert config["Labels"]["org.opencontainers.image.version"] == "0.1.0"


@pytest.mark.parametrize("tool", ["gcc", "cc", "make", "git", "uv", "/opt/auricle/bin/pip"])
def test_no_build_tool_is_left(builder: Builder, container: str, tool: str) -> None:
    assert builder.run(container, "sh", "-c", f"command -v {tool} || echo none") == "none"


def test_a_tool_that_is_there_is_found(builder: Builder, container: str) -> None:
    assert builder.run(container, "sh", "-c", "command -v python || echo none") == "/opt/auricle/bin/python"


def test_the_index_is_written_nowhere(builder: Builder, container: str) -> None:
    """Neither the secret files nor their words: pip.conf is the build's alone, and the history names no address."""
    left = "ls /run/secrets/ca 2>/dev/null; test -s /etc/pip.conf && echo conf; true"
    assert builder.run(container, "sh", "-c", left) == ""
    assert "http" not in json.dumps(builder.image().get("history", []))


def test_the_process_may_write_blobs_and_nothing_of_the_program(builder: Builder, container: str) -> None:
    assert (
        builder.run(container, "sh", "-c", "touch /var/lib/auricle/blobs/x && rm /var/lib/auricle/blobs/x; id -u")
        == "10001"
    )
    assert builder.run(container, "sh", "-c", "touch /app/x /opt/auricle/x 2>/dev/null && echo wrote; true") == ""
