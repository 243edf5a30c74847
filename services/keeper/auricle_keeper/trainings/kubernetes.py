"""Jobs of a cluster, made from the chart's suspended CronJob through the Kubernetes API: read one CronJob; create, read and delete Jobs.

Nothing secret stands in a Job: its pod has the secret that it makes its key from (`keys.derived`), and the Job names the training only.
"""

import ssl
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from auricle_contracts import Code
from auricle_kit.errors import AuricleError

from auricle_keeper.trainings.launching import Phase, Seen

TIMEOUT_S = 10.0
LABEL = "auricle.dev/training"
GONE, THERE = 404, 409


class LauncherAway(AuricleError):
    """The Kubernetes API does not answer, or refuses; the next round asks again."""

    code = Code.DEPENDENCY_UNAVAILABLE
    status = 503
    retryable = True


@dataclass(frozen=True, slots=True)
class Account:
    """Where the API is, and the folder of the pod's service account: token (replaced while it is used), ca.crt, namespace."""

    url: str
    folder: Path

    @property
    def namespace(self) -> str:
        return (self.folder / "namespace").read_text("utf-8").strip()

    def token(self) -> str:
        """As it is now."""
        return (self.folder / "token").read_text("utf-8").strip()

    def verify(self) -> str | bool:
        """The cluster's own authority, where it is there."""
        ca = self.folder / "ca.crt"
        return str(ca) if ca.exists() else True


@dataclass
class KubernetesJobs:
    """`cronjob` is the template's name; Jobs are called `<cronjob>-<training>`."""

    account: Account
    cronjob: str
    http: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        verify = self.account.verify()
        context: ssl.SSLContext | bool = ssl.create_default_context(cafile=verify) if isinstance(verify, str) else True
        self.http = httpx.AsyncClient(base_url=self.account.url, verify=context, timeout=TIMEOUT_S)

    async def start(self, training_id: str, token: str) -> None:  # noqa: ARG002 - the pod makes its key by itself
        """See `Launcher`."""
        template = await self._ask("GET", f"{self._of('cronjobs')}/{self.cronjob}")
        if template is None:
            raise LauncherAway(f"the cluster has no CronJob {self.cronjob}", action="Set trainer.enabled of the chart.")
        await self._ask("POST", self._of("jobs"), json=self._job(template, training_id), fine=THERE)

    async def look(self, training_id: str) -> Seen:
        """See `Launcher`."""
        job = await self._ask("GET", f"{self._of('jobs')}/{self._name(training_id)}")
        if job is None or "deletionTimestamp" in job["metadata"]:
            return Seen(Phase.NOTHING)
        for condition in job.get("status", {}).get("conditions") or []:
            if condition["status"] != "True":
                continue
            if condition["type"] == "Complete":
                return Seen(Phase.ENDED)
            if condition["type"] == "Failed":
                return Seen(Phase.FAILED, f"{condition.get('reason', '')}: {condition.get('message', '')}")
        return Seen(Phase.RUNNING)

    async def remove(self, training_id: str) -> None:
        """See `Launcher`."""
        path = f"{self._of('jobs')}/{self._name(training_id)}"
        await self._ask("DELETE", path, json={"propagationPolicy": "Background"})

    async def close(self) -> None:
        """Jobs go on without keeper."""
        await self.http.aclose()

    def _of(self, kind: str) -> str:
        return f"/apis/batch/v1/namespaces/{self.account.namespace}/{kind}"

    def _name(self, training_id: str) -> str:
        return f"{self.cronjob}-{training_id}"

    def _job(self, cronjob: dict[str, Any], training_id: str) -> dict[str, Any]:
        """As `kubectl create job --from=cronjob/…` makes it, and with the training's id."""
        template = deepcopy(cronjob["spec"]["jobTemplate"])
        own = template.get("metadata", {})
        owner = {"apiVersion": "batch/v1", "kind": "CronJob", "name": self.cronjob, "uid": cronjob["metadata"]["uid"]}
        metadata = {
            "name": self._name(training_id),
            "labels": own.get("labels", {}) | {LABEL: training_id},
            "annotations": own.get("annotations", {}) | {"cronjob.kubernetes.io/instantiate": "manual"},
            "ownerReferences": [owner],
        }
        for container in template["spec"]["template"]["spec"]["containers"]:
            container.setdefault("env", []).append({"name": "AURICLE_TRAINING_ID", "value": training_id})
        return {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": template["spec"]}

    async def _ask(self, method: str, path: str, *, json: Any = None, fine: int | None = None) -> dict[str, Any] | None:
        """The reply's object; None of what is not there, and of a status that is `fine`."""
        try:
            headers = {"Authorization": f"Bearer {self.account.token()}"}
            reply = await self.http.request(method, path, json=json, headers=headers)
        except (httpx.HTTPError, OSError) as error:
            raise LauncherAway(f"the Kubernetes API does not answer: {type(error).__name__}") from None
        if reply.status_code in (GONE, fine):
            return None
        if not reply.is_success:
            raise LauncherAway(f"the Kubernetes API refused {method} {path}: {reply.status_code} {_reason(reply)}")
        found: dict[str, Any] = reply.json()
        return found


def _reason(reply: httpx.Response) -> str:
    try:
        return str(reply.json().get("message", ""))[:300]
    except (ValueError, AttributeError):
        return ""
