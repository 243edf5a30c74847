"""The image of the CPU services builds, migrates a database, starts as each of them and evaluates what is posted.

It holds nothing that it should not.
"""

import json
import os
import platform
import random
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from auricle_cli.stack import ports
from auricle_cli.stack.plan import SERVICES
from auricle_cli.stack.ports import any_free
from fixtures.postgres import Postgres
from fixtures.redis import RedisServer
from fixtures.storm import load
from images import building
from images.building import ROOT, Builder
from images.composed import Composed

pytestmark = [pytest.mark.images, pytest.mark.timeout(2400)]
EVALUATED_SECONDS = 120.0
FACTS: dict[str, object] = {}


@pytest.fixture(scope="module")
def builder(request: pytest.FixtureRequest) -> Iterator[Builder]:
    made = Builder(building.folder())
    if why := building.unable(made):
        pytest.skip(why)
    yield made
    if not request.session.testsfailed:
        _write_evidence()


@pytest.fixture(scope="module")
def image(builder: Builder) -> str:
    return _built(builder, "services/Dockerfile", "localhost/auricle:test")


@pytest.fixture(scope="module")
def container(builder: Builder, image: str) -> Iterator[str]:
    name = builder("from", image)
    yield name
    builder("rm", name)


def _built(builder: Builder, dockerfile: str, tag: str) -> str:
    began = time.monotonic()
    building.build(builder, dockerfile, tag)
    seconds = round(time.monotonic() - began, 1)
    FACTS[dockerfile] = {"build_seconds": seconds, "size": builder("images", "--format", "{{.Size}}", tag)}
    return tag


def _write_evidence() -> None:
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, shared with other work"
    facts = {"command": "make images", "date": datetime.now(UTC).date().isoformat(), "machine": machine} | FACTS
    facts["cuda"] = (
        "not run: services/asr/Dockerfile.cuda is built over Debian here; no base image with CUDA and no GPU"
    )
    target = Path(os.environ.get("AURICLE_EVIDENCE", ROOT / "docs" / "evidence")) / "images.json"
    target.write_text(json.dumps(facts, indent=2) + "\n")


@pytest.fixture(scope="module")
def composed(builder: Builder, container: str, redis_server: RedisServer, postgres: Postgres) -> Composed:
    """The services over this machine's stores, on a database that nobody has migrated yet."""
    database = postgres.create("template0")
    settings = {
        "AURICLE_REDIS_URL": redis_server.url,
        "AURICLE_DATABASE_URL": postgres.app_url(database),
        "AURICLE_BIND_HOST": "127.0.0.1",
    }
    made = Composed(
        builder,
        container,
        [f"{postgres.socket}:{postgres.socket}"],
        settings,
        {name: ports.any_free() for name in SERVICES},
    )
    owner = ["--admin-url", postgres.admin_url(database)]
    subprocess.run(made.line("migrate", ["python", "-m", "auricle_records", "migrate", *owner]), check=True)
    return made


@pytest.fixture(scope="module")
def running(composed: Composed) -> Iterator[dict[str, float]]:
    with composed.running(SERVICES) as seconds:
        FACTS["healthz_after_seconds_all_starting"] = seconds
        yield seconds


def test_the_image_starts_as_each_service_and_answers(running: dict[str, float]) -> None:
    assert running.keys() == set(SERVICES)


def test_a_service_that_cannot_start_says_why(composed: Composed) -> None:
    settings = {**composed.settings, "AURICLE_DATABASE_URL": "not an address"}
    broken = replace(composed, settings=settings, ports={"keeper": any_free()})
    with pytest.raises(AssertionError, match="Could not parse SQLAlchemy URL"), broken.running(["keeper"]):
        pass


def test_a_posted_call_and_chat_are_evaluated_by_the_weights_in_the_image(
    composed: Composed, running: dict[str, float]
) -> None:
    command = ["python", "-m", "auricle_records", "key", "--workspace", "demo"]
    key = subprocess.run(composed.line("gateway", command), check=True, capture_output=True, text=True).stdout.strip()
    rng, began = random.Random(1), time.monotonic()
    posted = [load.post(composed.url("gateway"), key, item) for item in (load.call(rng, 1), load.chat(rng, 2))]
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=composed.url("gateway"), headers=headers, timeout=20.0, trust_env=False) as client:
        for conversation in posted:
            found = _ended(client, conversation)
            assert found["progress"] == "done", found["runs"]
            report = client.get(f"/v1/conversations/{conversation}/evaluation").json()
            assert {answer["criterion"] for answer in report["evaluation"]["answers"]} >= {"politeness", "stage"}
    FACTS["call_and_chat_evaluated_after_seconds"] = round(time.monotonic() - began, 1)


def _ended(client: httpx.Client, conversation: str) -> dict[str, Any]:
    end = time.monotonic() + EVALUATED_SECONDS
    while time.monotonic() < end:
        view: dict[str, Any] = client.get(f"/v1/conversations/{conversation}").json()
        if view["progress"] in ("done", "dead"):
            return view
        time.sleep(0.2)
    raise TimeoutError(f"{conversation} is {view['progress']}: {view['runs']}")


def test_it_runs_as_nobody_in_particular_and_says_what_it_is(builder: Builder, image: str) -> None:
    config = builder.image(image)["config"]
    assert config["User"] == "10001"
    assert config["Labels"]["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert config["Labels"]["org.opencontainers.image.version"] == "0.1.0"


@pytest.mark.parametrize("tool", ["gcc", "cc", "make", "git", "uv", "/opt/auricle/bin/pip"])
def test_no_build_tool_is_left(builder: Builder, container: str, tool: str) -> None:
    assert builder.run(container, "sh", "-c", f"command -v {tool} || echo none") == "none"


def test_a_tool_that_is_there_is_found(builder: Builder, container: str) -> None:
    assert builder.run(container, "sh", "-c", "command -v python || echo none") == "/opt/auricle/bin/python"


def test_the_index_is_written_nowhere(builder: Builder, image: str, container: str) -> None:
    """Neither the secret files nor their words: pip.conf is the build's alone, and the history names no address."""
    left = "ls /run/secrets/ca 2>/dev/null; test -s /etc/pip.conf && echo conf; true"
    assert builder.run(container, "sh", "-c", left) == ""
    assert "http" not in json.dumps(builder.image(image).get("history", []))


def test_the_process_may_write_blobs_and_nothing_of_the_program(builder: Builder, container: str) -> None:
    assert (
        builder.run(container, "sh", "-c", "touch /var/lib/auricle/blobs/x && rm /var/lib/auricle/blobs/x; id -u")
        == "10001"
    )
    assert builder.run(container, "sh", "-c", "touch /app/x /opt/auricle/x 2>/dev/null && echo wrote; true") == ""


def test_the_image_of_asr_on_cuda_builds_over_another_base_and_answers(builder: Builder, composed: Composed) -> None:
    """Every step of its file but the base. The weights come as a volume, and CTranslate2 runs on the CPU."""
    name = builder("from", _built(builder, "services/asr/Dockerfile.cuda", "localhost/auricle-asr:test"))
    settings = {**composed.settings, "AURICLE_SPEECH_DEVICE": "cpu", "AURICLE_SPEECH_MODEL": "/app/models/speech"}
    volumes = [*composed.volumes, f"{ROOT / 'models'}:/app/models:ro"]
    alone = replace(composed, container=name, settings=settings, volumes=volumes, ports={"asr-gpu": any_free()})
    try:
        with alone.running(["asr-gpu"]):
            assert builder.image("localhost/auricle-asr:test")["config"]["User"] == "10001"
    finally:
        builder("rm", name)
