"""`auricle people`: what is sent, and what is shown."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from auricle_cli import app
from typer.testing import CliRunner

PERSON = {"id": "p1", "email": "ann@example.com", "name": "Анна", "roles": ["admin"], "active": True}
LINK = {
    "token": "auricle_reset_x",
    "url": "http://page/password?token=auricle_reset_x",
    "expires_at": "2026-12-01T00:00:00Z",
}
IMPORT = {"rows": 3, "added": 1, "changed": 0, "same": 1, "refused": [{"row": 4, "why": "no e-mail address"}]}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[httpx.Request]:
    """Requests that the command made to a gateway that knows one person."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if request.url.path.endswith("/link"):
            return httpx.Response(201, json=LINK)
        if request.url.path.endswith("/import"):
            return httpx.Response(200, json=IMPORT)
        return httpx.Response(
            200, json=PERSON if request.method == "POST" else {"items": [PERSON], "next_cursor": None}
        )

    def client(**kwargs: Any) -> httpx.Client:
        return real(**kwargs, transport=httpx.MockTransport(answer))

    real = httpx.Client
    monkeypatch.setattr(httpx, "Client", client)
    return seen


def test_the_first_admin_gets_a_link(asked: list[httpx.Request]) -> None:
    shown = CliRunner().invoke(app.app, ["people", "add", "ann@example.com", "--admin", "--name", "Анна"])
    assert shown.exit_code == 0, shown.output
    assert [one.url.path for one in asked] == ["/v1/people", "/v1/people/p1/link"]
    assert json.loads(asked[0].content) == {
        "email": "ann@example.com",
        "name": "Анна",
        "roles": ["admin"],
        "references": [],
    }
    assert LINK["url"] in shown.output


def test_a_new_link_is_for_who_is_there(asked: list[httpx.Request]) -> None:
    assert str(LINK["url"]) in CliRunner().invoke(app.app, ["people", "link", "Ann@Example.com"]).output
    assert CliRunner().invoke(app.app, ["people", "link", "nobody@example.com"]).exit_code != 0


def test_a_list_is_sent_and_each_refusal_shown(asked: list[httpx.Request], tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("email\n")
    shown = CliRunner().invoke(app.app, ["people", "import", str(tmp_path / "people.csv"), "--dry-run"])
    assert (asked[0].url.params["dry_run"], asked[0].headers["content-type"]) == ("true", "text/csv")
    assert "row 4: no e-mail address" in shown.output
