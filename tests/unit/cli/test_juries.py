"""`auricle judge dispute`: what one judge grades 2 and another 0 is sent to review, by the conversations of its golden items."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from auricle_cli.app import app
from auricle_contracts.judges import ModelIdentity
from auricle_quality.pairs import JudgeReplies, JudgeReply, Variant
from typer.testing import CliRunner

CONVERSATIONS = {"g1": "c1", "g2": None, "g3": "c3"}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """Bodies of what was posted."""
    posted: list[dict[str, object]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json={"conversation_id": CONVERSATIONS[request.url.path.rpartition("/")[2]]})
        body = json.loads(request.content)
        posted.append({"path": request.url.path} | body)
        return httpx.Response(200, json={"items": [{"outcome": "added"} for _ in body["items"]]})

    real: Callable[..., httpx.Client] = httpx.Client
    monkeypatch.setattr(httpx, "Client", lambda **given: real(**given, transport=httpx.MockTransport(answer)))
    return posted


def replies(folder: Path, name: str, *grades: int) -> str:
    told = tuple(JudgeReply(pair=place, variant=Variant.PLAIN, grade=one) for place, one in enumerate(grades))
    model, at = ModelIdentity(name=name, weights=name), datetime(2026, 12, 1, tzinfo=UTC)
    of = JudgeReplies(prompt="same_error@0", model=model, temperature=0, asked_at=at, replies=told)
    (folder / f"{name}.json").write_text(of.model_dump_json(), "utf-8")
    return str(folder / f"{name}.json")


def test_only_conversations_of_disputed_items_are_sent(tmp_path: Path, sent: list[dict[str, object]]) -> None:
    of = [("g1", "blame"), ("g1", "rudeness"), ("g2", "blame"), ("g3", "blame")]
    lines = [
        {"item": item, "kind": "error_class", "subject": subject, "asked": "?", "golden": {"comment": "x"}, "said": {"comment": "y"}}
        for item, subject in of
    ]  # fmt: skip
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    jury = [part for name, grades in (("a", (2, 2, 2, 2)), ("b", (0, 0, 0, 1)))
            for part in ("--replies", replies(tmp_path, name, *grades))]  # fmt: skip
    done = CliRunner().invoke(app, ["judge", "dispute", str(pairs), *jury, "--key", "k"])
    assert done.exit_code == 0, done.output
    items = [{"conversation_id": "c1", "subjects": ["blame", "rudeness"]}]
    assert sent == [{"path": "/v1/jury-disagreements", "items": items}]
    assert "3 of 4 pairs, 1 conversations" in done.output
