"""Jobs through a server that answers as the Kubernetes API does: over a real socket, with tokens, `Status` bodies and conflicts."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from auricle_keeper.trainings.kubernetes import Account, KubernetesJobs, LauncherAway
from auricle_keeper.trainings.launching import Phase

JOBS, CRONJOBS = "/apis/batch/v1/namespaces/auricle/jobs", "/apis/batch/v1/namespaces/auricle/cronjobs"
TEMPLATE: dict[str, Any] = {
    "metadata": {"labels": {"app.kubernetes.io/component": "trainer"}},
    "spec": {
        "backoffLimit": 10,
        "template": {"spec": {"containers": [{"name": "trainer", "env": [{"name": "HOME", "value": "/tmp"}]}]}},
    },
}


class Api(ThreadingHTTPServer):
    """What it has, the token that it takes, and what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.jobs: dict[str, dict[str, Any]] = {}
        self.cronjobs = {"auricle-trainer": {"metadata": {"uid": "u-1"}, "spec": {"jobTemplate": TEMPLATE}}}
        self.token = "first"
        self.asked: list[tuple[str, str, Any]] = []


class Handler(BaseHTTPRequestHandler):
    """Verbs of batch/v1 that keeper's Role names; all else is forbidden, as RBAC would say it."""

    server: Api

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the base calls it
        """Nothing."""

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def _status(self, code: int, reason: str) -> None:
        self._answer(code, {"kind": "Status", "status": "Failure", "code": code, "reason": reason, "message": reason})

    def _body(self) -> Any:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = json.loads(raw) if raw else None
        self.server.asked.append((self.command, self.path, body))
        return body

    def _may(self) -> bool:
        if self.headers.get("Authorization") == f"Bearer {self.server.token}":
            return True
        self._body()
        self._status(401, "Unauthorized")
        return False

    def do_GET(self) -> None:
        if not self._may():
            return
        self._body()
        folder, _, name = self.path.rpartition("/")
        found = {JOBS: self.server.jobs, CRONJOBS: self.server.cronjobs}.get(folder, {}).get(name)
        self._answer(200, found) if found else self._status(404, "NotFound")

    def do_POST(self) -> None:
        if not self._may():
            return
        body = self._body()
        if self.path != JOBS:
            self._status(403, "Forbidden")
        elif body["metadata"]["name"] in self.server.jobs:
            self._status(409, "AlreadyExists")
        else:
            self.server.jobs[body["metadata"]["name"]] = body | {"status": {}}
            self._answer(201, body)

    def do_DELETE(self) -> None:
        if not self._may():
            return
        self._body()
        gone = self.server.jobs.pop(self.path.rpartition("/")[2], None)
        self._answer(200, gone) if gone else self._status(404, "NotFound")


@pytest.fixture
def api() -> Iterator[Api]:
    server = Api()
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def jobs(api: Api, tmp_path: Path) -> KubernetesJobs:
    (tmp_path / "token").write_text("first\n")
    (tmp_path / "namespace").write_text("auricle")
    return KubernetesJobs(Account(f"http://127.0.0.1:{api.server_port}", tmp_path), "auricle-trainer")


async def test_a_job_is_made_of_the_template_and_names_its_training(api: Api, jobs: KubernetesJobs) -> None:
    assert (await jobs.look("0193-a")).phase is Phase.NOTHING
    await jobs.start("0193-a", "auricle_secret")
    made = api.jobs["auricle-trainer-0193-a"]
    assert made["spec"]["backoffLimit"] == 10
    assert made["metadata"]["labels"] == {
        "app.kubernetes.io/component": "trainer",
        "auricle.dev/training": "0193-a",
    }
    assert made["metadata"]["ownerReferences"][0]["uid"] == "u-1"
    (container,) = made["spec"]["template"]["spec"]["containers"]
    assert {"name": "AURICLE_TRAINING_ID", "value": "0193-a"} in container["env"]
    assert "auricle_secret" not in json.dumps(api.asked), "no key stands in a Job"
    assert TEMPLATE["spec"]["template"]["spec"]["containers"][0]["env"] == [{"name": "HOME", "value": "/tmp"}]
    await jobs.start("0193-a", "auricle_secret")
    assert len(api.jobs) == 1, "what is there already stays"
    await jobs.close()


@pytest.mark.parametrize(
    ("conditions", "phase", "detail"),
    [
        ([], Phase.RUNNING, ""),
        ([{"type": "Complete", "status": "True"}], Phase.ENDED, ""),
        ([{"type": "FailureTarget", "status": "True"}, {"type": "Failed", "status": "False"}], Phase.RUNNING, ""),
        (
            [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "it failed 11 times"}],
            Phase.FAILED,
            "BackoffLimitExceeded: it failed 11 times",
        ),
    ],
)
async def test_conditions_say_how_it_does(
    api: Api, jobs: KubernetesJobs, conditions: list[dict[str, str]], phase: Phase, detail: str
) -> None:
    await jobs.start("0193-a", "")
    api.jobs["auricle-trainer-0193-a"]["status"] = {"conditions": conditions}
    seen = await jobs.look("0193-a")
    assert (seen.phase, seen.detail) == (phase, detail)


async def test_it_is_removed_with_its_pods_and_again(api: Api, jobs: KubernetesJobs) -> None:
    await jobs.start("0193-a", "")
    await jobs.remove("0193-a")
    assert api.asked[-1][2] == {"propagationPolicy": "Background"}
    assert not api.jobs
    await jobs.remove("0193-a")


async def test_a_token_that_was_replaced_is_read_again(api: Api, jobs: KubernetesJobs) -> None:
    api.token = "second"
    with pytest.raises(LauncherAway, match="401 Unauthorized"):
        await jobs.look("0193-a")
    (jobs.account.folder / "token").write_text("second")
    assert (await jobs.look("0193-a")).phase is Phase.NOTHING


async def test_without_the_template_and_without_the_api_it_is_told(api: Api, jobs: KubernetesJobs) -> None:
    api.cronjobs.clear()
    with pytest.raises(LauncherAway, match="no CronJob auricle-trainer"):
        await jobs.start("0193-a", "")
    away = KubernetesJobs(Account("http://127.0.0.1:9", jobs.account.folder), "auricle-trainer")
    with pytest.raises(LauncherAway, match="does not answer"):
        await away.look("0193-a")
