"""`auricle knowledge`: what is sent, and what is shown."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from auricle_cli import app
from typer.testing import CliRunner

KNOWN = {
    "id": "a1", "reference": "returns", "title": "Возврат", "version": 1, "passages": 3, "state": "active",
}  # fmt: skip
PASSAGE = {"id": "p2", "text": "Деньги до десяти дней.", "headings": ["Возврат"], "page": None}
FOUND = {"matched": "all", "items": [{"reference": "returns", "title": "Возврат", "passage": PASSAGE}]}
STALE = {"reference": "returns", "title": "Возврат", "now": "changed", "findings": 3, "conversations": 2}
GAPS = {
    "classes": 93,
    "items": [
        {"error_class": "blame", "title": {"en": "Blame"}, "looked_for": True, "why": "none", "articles": []},
        {
            "error_class": "spelling",
            "title": {"en": "Spelling"},
            "looked_for": False,
            "why": "missing",
            "articles": ["tone"],
        },
    ],
}
JUDGED = [{"runs": 200, "already": 0, "left": 1}, {"runs": 1, "already": 200, "left": 0}]
PROBLEM = {"code": "document_encrypted", "detail": "this PDF opens with a password only", "status": 422}


def answer(request: httpx.Request) -> httpx.Response:
    """A gateway that knows one article and cannot open a PDF."""
    if request.url.path.endswith("/judge-again"):
        return httpx.Response(202, json=JUDGED.pop(0))
    shown = {"stale": {"items": [STALE]}, "gaps": GAPS, "search": FOUND}.get(request.url.path.rpartition("/")[2])
    if shown is not None:
        return httpx.Response(200, json=shown)
    if request.headers.get("content-type") == "application/pdf":
        return httpx.Response(422, json=PROBLEM)
    if request.method == "POST":
        is_new = not request.url.path.endswith("/versions")
        return httpx.Response(
            201, json=KNOWN | {"version": 1 if is_new else 2, "reference": "made" if is_new else "returns"}
        )
    wanted = request.url.params.get("reference", "returns")
    return httpx.Response(200, json={"items": [KNOWN] if wanted == "returns" else [], "next_cursor": None})


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[httpx.Request]:
    """Requests that the command made."""
    seen: list[httpx.Request] = []

    def heard(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answer(request)

    def client(**kwargs: Any) -> httpx.Client:
        return real(**kwargs, transport=httpx.MockTransport(heard))

    real = httpx.Client
    monkeypatch.setattr(httpx, "Client", client)
    return seen


def run(*words: str) -> Any:
    return CliRunner().invoke(app.app, ["knowledge", *words])


def test_a_folder_is_added_and_what_is_known_gets_a_version(asked: list[httpx.Request], tmp_path: Path) -> None:
    for name in ("Returns.md", "delivery times.html", "notes.docx"):
        (tmp_path / name).write_text("Текст")
    shown = run("add", str(tmp_path), "--language", "ru", "--note", "Срок")
    assert shown.exit_code == 0, shown.output
    sent = [one for one in asked if one.method == "POST"]
    assert [(one.url.path, one.headers["content-type"]) for one in sent] == [
        ("/v1/knowledge/articles/a1/versions", "text/markdown"),
        ("/v1/knowledge/articles", "text/html"),
    ]
    assert dict(sent[1].url.params) == {
        "reference": "delivery-times", "language": "ru", "note": "Срок", "file_name": "delivery times.html",
    }  # fmt: skip
    assert "reference" not in sent[0].url.params
    assert "returns  version 2" in shown.output


def test_a_refusal_is_told_and_the_rest_is_added(asked: list[httpx.Request], tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    (tmp_path / "b.txt").write_text("Текст")
    shown = run("add", str(tmp_path))
    assert shown.exit_code != 0
    assert "password" in shown.output
    assert "made  version 1" in shown.output


@pytest.mark.parametrize("name", ["Возврат.md", "x.docx", "nowhere.md"])
def test_what_cannot_be_named_or_read_is_not_sent(asked: list[httpx.Request], tmp_path: Path, name: str) -> None:
    if name != "nowhere.md":
        (tmp_path / name).write_text("Текст")
    assert run("add", str(tmp_path / name)).exit_code != 0
    assert not [one for one in asked if one.method == "POST"]


def test_passages_are_shown_with_their_place(asked: list[httpx.Request]) -> None:
    shown = run("search", "деньги", "--limit", "3")
    assert dict(asked[0].url.params) == {"q": "деньги", "limit": "3"}
    assert "returns p2  Возврат › Возврат\nДеньги до десяти дней." in shown.output


def test_what_is_not_there_is_not_removed(asked: list[httpx.Request]) -> None:
    assert run("remove", "nothing").exit_code != 0
    assert run("remove", "returns").exit_code == 0
    assert [one.method for one in asked] == ["GET", "GET", "DELETE"]


def test_gaps_are_listed_with_their_reason(asked: list[httpx.Request]) -> None:
    shown = run("gaps")
    assert "blame  Blame  names no article  looked for" in shown.output
    assert "spelling  Spelling  not there or retired: tone" in shown.output
    assert "2 of 93 classes" in shown.output
    assert "spelling" not in run("gaps", "--looked-for").output


def test_stale_findings_are_listed_and_judged_again_to_the_last(asked: list[httpx.Request]) -> None:
    assert "returns  Возврат  changed  3 findings in 2 conversations" in run("stale").output
    assert [one.method for one in asked] == ["GET"]
    assert "201 conversations are judged again" in run("stale", "--judge-again").output
