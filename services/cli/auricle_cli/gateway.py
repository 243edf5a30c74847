"""The gateway as the commands see it: one method a route, contracts in and out, problems as errors."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from auricle_contracts import ConversationIn, ConversationView, EvaluationReport, Label, RunView, Transcript

from auricle_cli.errors import CliError, Refused, Unreachable

RETRIES = 5
MEDIA_TYPES = {
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".aac": "audio/aac",
    ".amr": "audio/amr",
}


class Gateway:
    """A client with one key; retries what the gateway calls a matter of time (429, 503, a refused connection)."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self._client = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=60.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def _ask(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        for attempt in range(RETRIES):
            try:
                response = self._client.request(method, path, **kwargs)
            except httpx.ConnectError as error:
                if attempt + 1 == RETRIES:
                    raise Unreachable(f"no gateway answers at {self.url}; is it up? (make up)") from error
                time.sleep(0.3 * 2**attempt)
                continue
            if response.status_code in (429, 503) and attempt + 1 < RETRIES:
                time.sleep(float(response.headers.get("Retry-After", 0.3 * 2**attempt)))
                continue
            if not response.is_success:
                raise Refused(response)
            return response
        raise Unreachable(f"the gateway at {self.url} stays busy")

    def submit_recording(self, recording: Path, about: ConversationIn, idempotency_key: str) -> ConversationView:
        """Post a recording as a raw audio body, metadata in a header."""
        headers = {
            "Content-Type": MEDIA_TYPES.get(recording.suffix.lower(), "application/octet-stream"),
            "Auricle-Metadata": json.dumps(about.model_dump(mode="json", exclude_unset=True)),
            "Idempotency-Key": idempotency_key,
        }
        response = self._ask("POST", "/v1/conversations", content=recording.read_bytes(), headers=headers)
        return ConversationView.model_validate_json(response.content)

    def submit_turns(self, about: ConversationIn, idempotency_key: str) -> ConversationView:
        """Post a chat, an e-mail thread or a ready transcript."""
        body = about.model_dump(mode="json", exclude_unset=True)
        response = self._ask("POST", "/v1/conversations", json=body, headers={"Idempotency-Key": idempotency_key})
        return ConversationView.model_validate_json(response.content)

    def conversation(self, conversation_id: str) -> ConversationView:
        """Its state and its runs."""
        return ConversationView.model_validate_json(self._ask("GET", f"/v1/conversations/{conversation_id}").content)

    def transcript(self, conversation_id: str) -> Transcript:
        """Its turns."""
        path = f"/v1/conversations/{conversation_id}/transcript"
        return Transcript.model_validate_json(self._ask("GET", path).content)

    def report(self, conversation_id: str) -> EvaluationReport:
        """Its current evaluation with digest and costs."""
        path = f"/v1/conversations/{conversation_id}/evaluation"
        return EvaluationReport.model_validate_json(self._ask("GET", path).content)

    def agents(self) -> list[dict[str, Any]]:
        """The per-agent summary."""
        agents: list[dict[str, Any]] = self._ask("GET", "/v1/agents").json()["items"]
        return agents

    def dead(self) -> list[RunView]:
        """Runs that were given up."""
        items = self._ask("GET", "/v1/runs", params={"state": "dead", "limit": 200}).json()["items"]
        return [RunView.model_validate(item) for item in items]

    def run(self, run_id: str) -> RunView:
        """One run."""
        return RunView.model_validate_json(self._ask("GET", f"/v1/runs/{run_id}").content)

    def resend(self, run_id: str) -> RunView:
        """A dead run to the queue again."""
        return RunView.model_validate_json(self._ask("POST", f"/v1/runs/{run_id}/resend").content)

    def export(self, file_format: str, target: Path, params: dict[str, str]) -> int:
        """Write the export to a file; its size in bytes."""
        target.parent.mkdir(parents=True, exist_ok=True)
        response = self._ask("GET", "/v1/export", params={"format": file_format} | params)
        return target.write_bytes(response.content)

    def import_labels(self, sheet: Path, query: dict[str, str]) -> dict[str, Any]:
        """An edited sheet; what became of each cell."""
        headers = {"Content-Type": "application/octet-stream"}
        reply: dict[str, Any] = self._ask(
            "POST", "/v1/labels/import", content=_bytes_of(sheet), headers=headers, params=query
        ).json()
        return reply

    def labels(self, query: dict[str, str]) -> list[Label]:
        """The newest 200."""
        items = self._ask("GET", "/v1/labels", params=query | {"limit": "200"}).json()["items"]
        return [Label.model_validate(item) for item in items]

    def conversations(self, **filters: str) -> Iterator[ConversationView]:
        """Every conversation that matches, page by page."""
        cursor: str | None = None
        while True:
            page = self._ask("GET", "/v1/conversations", params=filters | ({"cursor": cursor} if cursor else {})).json()
            yield from (ConversationView.model_validate(item) for item in page["items"])
            cursor = page.get("next_cursor")
            if not cursor:
                return


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CliError(f"{path} cannot be read: {error.strerror}") from None
