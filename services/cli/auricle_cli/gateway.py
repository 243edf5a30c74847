"""The gateway as the commands see it: one method a route, contracts in and out, problems as errors."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from auricle_contracts import (
    ConversationIn,
    ConversationPatch,
    ConversationView,
    EvaluationReport,
    Label,
    ListedConversation,
    RunView,
    Transcript,
)

from auricle_cli.errors import CliError, Refused, Unreachable

RETRIES = 5
MAIL = "message/rfc822"
MEDIA_TYPES = {
    ".wav": "audio/wav",
    ".wave": "audio/wav",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".oga": "audio/ogg",
    ".opus": "audio/ogg",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".mp4": "video/mp4",
    ".3gp": "video/3gpp",
    ".mov": "video/quicktime",
    ".aac": "audio/aac",
    ".amr": "audio/amr",
    ".eml": MAIL,
}


class Gateway:
    """A client with one key; retries what the gateway calls a matter of time (429, 503, a refused connection)."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self.key = key
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

    def add_person(self, described: dict[str, Any]) -> dict[str, Any]:
        """Who was added."""
        made: dict[str, Any] = self._ask("POST", "/v1/people", json=described).json()
        return made

    def password_link(self, person_id: str) -> dict[str, Any]:
        """A new one-time link."""
        link: dict[str, Any] = self._ask("POST", f"/v1/people/{person_id}/link").json()
        return link

    def call(self, method: str, path: str, **kwargs: Any) -> Any:
        """The JSON of any route's reply; None of an empty one."""
        response = self._ask(method, path, **kwargs)
        return response.json() if response.content else None

    def people(self, query: dict[str, str]) -> Iterator[dict[str, Any]]:
        """All that the query leaves, page by page."""
        return self.pages("/v1/people", query)

    def pages(self, path: str, query: dict[str, str]) -> Iterator[dict[str, Any]]:
        """The items of a list, page by page."""
        cursor: dict[str, str] = {}
        while True:
            page = self._ask("GET", path, params=query | cursor).json()
            yield from page["items"]
            if page["next_cursor"] is None:
                return
            cursor = {"cursor": page["next_cursor"]}

    def import_people(self, sheet: Path, *, dry_run: bool) -> dict[str, Any]:
        """What came of a list."""
        sent = {"content": sheet.read_bytes(), "headers": {"Content-Type": "text/csv"}}
        came: dict[str, Any] = self._ask(
            "POST", "/v1/people/import", params={"dry_run": str(dry_run).lower()}, **sent
        ).json()
        return came

    def articles(self, query: dict[str, str]) -> Iterator[dict[str, Any]]:
        """All that the query leaves, page by page."""
        return self.pages("/v1/knowledge/articles", query)

    def article(self, reference: str) -> dict[str, Any] | None:
        """The article that error classes call so."""
        return next(self.articles({"reference": reference}), None)

    def article_text(self, article_id: str) -> dict[str, Any]:
        """Its newest version with its passages."""
        text: dict[str, Any] = self._ask("GET", f"/v1/knowledge/articles/{article_id}").json()
        return text

    def send_document(
        self, document: Path, media_type: str, query: dict[str, str], article_id: str | None
    ) -> dict[str, Any]:
        """A new article, or a new version of one that is there."""
        path = "/v1/knowledge/articles" + (f"/{article_id}/versions" if article_id else "")
        sent = {"content": _bytes_of(document), "headers": {"Content-Type": media_type}}
        view: dict[str, Any] = self._ask("POST", path, params=query, **sent).json()
        return view

    def change_article(self, article_id: str, change: dict[str, Any]) -> dict[str, Any]:
        """Retired, or taken back."""
        view: dict[str, Any] = self._ask("PATCH", f"/v1/knowledge/articles/{article_id}", json=change).json()
        return view

    def remove_article(self, article_id: str) -> None:
        """With all its versions."""
        self._ask("DELETE", f"/v1/knowledge/articles/{article_id}")

    def search_passages(self, query: dict[str, str]) -> dict[str, Any]:
        """Passages that match, the best first."""
        found: dict[str, Any] = self._ask("GET", "/v1/knowledge/search", params=query).json()
        return found

    def stale_articles(self) -> list[dict[str, Any]]:
        """Articles with findings that cite what they say no more."""
        found: list[dict[str, Any]] = self._ask("GET", "/v1/knowledge/stale").json()["items"]
        return found

    def judge_stale_again(self) -> dict[str, int]:
        """Some of the conversations with stale findings are sent to be judged again; `left`: how many are not yet."""
        told: dict[str, int] = self._ask("POST", "/v1/knowledge/stale/judge-again").json()
        return told

    def knowledge_gaps(self) -> dict[str, Any]:
        """Error classes without an active article."""
        found: dict[str, Any] = self._ask("GET", "/v1/knowledge/gaps").json()
        return found

    def submit_recording(self, recording: Path, about: ConversationIn, idempotency_key: str) -> ConversationView:
        """Post a recording or an e-mail as a raw body, metadata in a header."""
        media_type = MEDIA_TYPES.get(recording.suffix.lower(), "application/octet-stream")
        return self.submit_sound(recording.read_bytes(), media_type, about, idempotency_key)

    def submit_sound(
        self, body: bytes, media_type: str, about: ConversationIn, idempotency_key: str
    ) -> ConversationView:
        """Post bytes as a raw body, metadata in a header."""
        headers = {
            "Content-Type": media_type,
            "Auricle-Metadata": json.dumps(about.model_dump(mode="json", exclude_unset=True)),
            "Idempotency-Key": idempotency_key,
        }
        response = self._ask("POST", "/v1/conversations", content=body, headers=headers)
        return ConversationView.model_validate_json(response.content)

    def grow(self, conversation_id: str, about: ConversationIn, idempotency_key: str) -> ConversationView:
        """All turns of a chat or thread as they are now."""
        given = about.model_dump(mode="json", include={"participants", "metadata", "turns"}, exclude_unset=True)
        path = f"/v1/conversations/{conversation_id}/revisions"
        response = self._ask("POST", path, json=given, headers={"Idempotency-Key": idempotency_key})
        return ConversationView.model_validate_json(response.content)

    def submit_turns(self, about: ConversationIn, idempotency_key: str) -> ConversationView:
        """Post a chat, an e-mail thread or a ready transcript."""
        body = about.model_dump(mode="json", exclude_unset=True)
        response = self._ask("POST", "/v1/conversations", json=body, headers={"Idempotency-Key": idempotency_key})
        return ConversationView.model_validate_json(response.content)

    def patch(self, conversation_id: str, change: ConversationPatch) -> ConversationView:
        """Add what is known late."""
        body = change.model_dump(mode="json", exclude_unset=True)
        return ConversationView.model_validate_json(
            self._ask("PATCH", f"/v1/conversations/{conversation_id}", json=body).content
        )

    def find(self, source: str, external_id: str) -> ConversationView | None:
        """The conversation that a source knows by its own id."""
        filters = {"source": source, "external_id": external_id}
        return next((one for one in self.conversations(**filters) if one.external_id == external_id), None)

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

    def vocabulary(self) -> dict[str, Any]:
        """The terms that speech engines are told, and who chose them."""
        found: dict[str, Any] = self._ask("GET", "/v1/vocabulary").json()
        return found

    def choose_vocabulary(self, terms: list[str]) -> dict[str, Any]:
        """Replace the terms."""
        kept: dict[str, Any] = self._ask("PUT", "/v1/vocabulary", json={"terms": terms}).json()
        return kept

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
        return self.download("/v1/export", target, {"format": file_format} | params)

    def text(self, path: str, params: dict[str, str]) -> str:
        """What a route answers, as text."""
        return self._ask("GET", path, params=params).text

    def download(self, path: str, target: Path, params: dict[str, str]) -> int:
        """Write what a route answers to a file; its size in bytes."""
        response = self._ask("GET", path, params=params)
        target.parent.mkdir(parents=True, exist_ok=True)
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

    def search(self, query: dict[str, Any]) -> list[ListedConversation]:
        """One page of conversations, the newest first."""
        items = self._ask("GET", "/v1/conversations", params=query).json()["items"]
        return [ListedConversation.model_validate(item) for item in items]

    def conversations(self, **filters: str) -> Iterator[ConversationView]:
        """Every conversation that matches, page by page."""
        cursor: str | None = None
        while True:
            page = self._ask("GET", "/v1/conversations", params=filters | ({"cursor": cursor} if cursor else {})).json()
            yield from (ListedConversation.model_validate(item) for item in page["items"])
            cursor = page.get("next_cursor")
            if not cursor:
                return


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CliError(f"{path} cannot be read: {error.strerror}") from None
