"""Jobs as processes of this machine: for a laptop, and for one server. They end with keeper, and go on from their checkpoint after it."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from auricle_keeper.trainings.launching import Phase, Seen

GRACE_S = 40.0
LAST_BYTES = 600
HIDDEN = frozenset(
    {
        "AURICLE_DATABASE_URL", "AURICLE_REDIS_URL", "AURICLE_BLOB_URL", "AURICLE_MASKING_KEYS", "AURICLE_SMTP_PASSWORD",
        "AURICLE_TRAINING_SECRET", "AURICLE_UPLOAD_SECRET", "AURICLE_CONSOLE_SECRET", "AURICLE_OIDC_CLIENT_SECRET",
    }
)  # fmt: skip
"""What a job has no use for."""


class Processes:
    """`command` is what a job is, `folder` where trainings lie; `environment` is keeper's own, of which a job gets all but HIDDEN."""

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        self._command = [sys.executable if word == "python" else word for word in command]
        self._folder = folder.resolve()
        self._environment = {name: value for name, value in environment.items() if name not in HIDDEN}
        self._running: dict[str, asyncio.subprocess.Process] = {}

    async def start(self, training_id: str, token: str) -> None:
        """See `Launcher`."""
        if training_id in self._running:
            return
        own = self._folder / training_id
        own.mkdir(parents=True, exist_ok=True)
        told = {"AURICLE_TRAINING_ID": training_id, "AURICLE_TRAINING_DIR": str(self._folder), "AURICLE_API_KEY": token}
        with self._log(training_id).open("ab") as log:
            self._running[training_id] = await asyncio.create_subprocess_exec(
                *self._command, env=self._environment | told, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    async def look(self, training_id: str) -> Seen:
        """See `Launcher`."""
        process = self._running.get(training_id)
        if process is None:
            return Seen(Phase.NOTHING)
        if process.returncode is None:
            return Seen(Phase.RUNNING)
        return Seen(Phase.ENDED) if process.returncode == 0 else Seen(Phase.FAILED, self._last_words(training_id))

    async def remove(self, training_id: str) -> None:
        """See `Launcher`."""
        process = self._running.pop(training_id, None)
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), GRACE_S)
        except TimeoutError:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()

    async def close(self) -> None:
        """See `Launcher`."""
        await asyncio.gather(*(self.remove(one) for one in list(self._running)))

    def _log(self, training_id: str) -> Path:
        return self._folder / training_id / "job.log"

    def _last_words(self, training_id: str) -> str:
        try:
            return self._log(training_id).read_bytes()[-LAST_BYTES:].decode("utf-8", "replace").strip()
        except OSError:
            return ""
