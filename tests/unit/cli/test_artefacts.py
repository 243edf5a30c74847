"""`auricle artefacts`: how versions are named, what is sent, and what is shown."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from auricle_cli import app
from typer.testing import CliRunner, Result

NEW, LIVE = (f"0193aaaa-0000-7000-8000-00000000000{number}" for number in (2, 1))


def version(artefact_id: str, hashed: str, state: str, **fields: Any) -> dict[str, Any]:
    told = {
        "kind": "scorecard",
        "name": "sales",
        "version": 3,
        "in_use": state == "live",
        "held": False,
        "shipped": True,
    }
    told |= {
        "author_kind": "person",
        "author": "p1",
        "author_name": "Анна",
        "note": "Вежливость вдвое",
        "figures": {"f1": 0.81},
    }
    return (
        told
        | {
            "id": artefact_id,
            "hash": hashed,
            "state": state,
            "serves": ["politeness"],
            "created_at": "2026-11-30T07:00:00Z",
        }
        | fields
    )


VERSIONS = [version(NEW, "3f2a000000000000", "draft"), version(LIVE, "9b11000000000000", "live", author_kind="shipped")]
MOVED = {
    "action": "promoted", "from_hash": "9b11000000000000", "from_held": False, "to_hash": "3f2a000000000000", "to_held": True,
    "actor_kind": "person", "actor": "p1", "actor_name": "Анна", "reason": "F1 выше", "evidence": {"gate_run": "g7"},
    "created_at": "2026-11-30T07:10:00Z",
}  # fmt: skip


SHARE = {"found": 4, "looked": 50, "share": 0.08, "low": 0.03, "high": 0.19}
POINTS = {"n": 48, "before": 81.0, "after": 78.5, "change": -2.5, "low": -4.0, "high": -1.0}
REPORT = {
    "id": "d1", "state": "done", "method": "judged", "of": 50, "judged": 50, "failed": 0, "compared": 50, "same_recipe": 42,
    "changed": SHARE, "classes": [{"error_class": "blame", "before": SHARE, "after": SHARE, "changed": SHARE}],
    "criteria": [{"criterion": "politeness", "means": POINTS, "changed": SHARE | {"found": 0}}],
    "groups": [{"by": "agent", "name": "anna", "points": POINTS, "changed": SHARE}],
    "score": {"points": POINTS, "passed_before": 40, "failed_before": 8, "passed_after": 37, "failed_after": 11},
    "cost": {"seconds": 61.0, "tokens_in": 90000, "tokens_out": 4000, "amount_usd": None},
}  # fmt: skip

ESTIMATE = {
    "conversations": 50, "in_period": 80, "method": "judged", "tokens_in": 90000, "tokens_out": 4000, "seconds": 61.0,
    "amount_usd": None, "known": 48,
}  # fmt: skip


TOLD: dict[str, Any] = {
    "/history": {"versions": VERSIONS, "promotions": [MOVED]}, "/promote": MOVED, "/rollback": MOVED,
    "/dry-run-estimates": ESTIMATE, "/dry-runs": REPORT | {"state": "running"},
    "/dry-runs/d1": REPORT, "/diff": {"text": "-weight: 1\n+weight: 2\n"},
}  # fmt: skip
"""What the gateway says, by the end of the path."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[httpx.Request]:
    """Requests that the command made to a gateway with two versions of one scorecard."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        path, query = request.url.path, dict(request.url.params)
        told = next((one for ending, one in TOLD.items() if path.endswith(ending)), None)
        if told is not None:
            return httpx.Response(200, json=told)
        if path != "/v1/artefacts":
            found = next(one for one in VERSIONS if path.endswith(one["id"]))
            return httpx.Response(200, json=found | {"text": "id: sales\n"})
        if request.method == "POST":
            return httpx.Response(201, json=VERSIONS[0])
        items = [one for one in VERSIONS if one["state"] == query["state"] and query.get("name") in (None, "sales")]
        return httpx.Response(200, json={"items": items, "next_cursor": None})

    real = httpx.Client
    monkeypatch.setattr(httpx, "Client", lambda **given: real(**given, transport=httpx.MockTransport(answer)))
    return seen


def run(*words: str) -> Result:
    return CliRunner().invoke(app.app, ["artefacts", *words])


def test_the_list_tells_what_decides(asked: list[httpx.Request]) -> None:
    shown = run("list", "--kind", "scorecard").output
    assert dict(asked[0].url.params) == {"state": "live", "kind": "scorecard"}
    assert "scorecard/sales@9b110000" in shown
    assert "shipped" in shown


@pytest.mark.parametrize("reference", ["scorecard/sales@3f2a", "sales@3f2a", NEW])
def test_a_version_is_named_by_hash_or_id(asked: list[httpx.Request], reference: str) -> None:
    shown = run("show", reference, "--text")
    assert shown.output == "id: sales\n"
    assert asked[-1].url.path == f"/v1/artefacts/{NEW}"


def test_without_a_hash_it_is_what_is_live(asked: list[httpx.Request]) -> None:
    assert run("show", "scorecard/sales").exit_code == 0
    assert asked[-1].url.path == f"/v1/artefacts/{LIVE}"


@pytest.mark.parametrize("reference", ["scorecard/sales@ffff", "nowhere", "tariff/sales", "../sales"])
def test_what_is_not_there_is_told(asked: list[httpx.Request], reference: str) -> None:
    refused = run("show", reference)
    assert refused.exit_code != 0
    assert isinstance(refused.exception, Exception)
    assert reference.partition("@")[2] in str(refused.exception)
    assert not any(one.method == "POST" for one in asked)


def test_promotion_says_what_was_seen_live(asked: list[httpx.Request], tmp_path: Path) -> None:
    evidence = tmp_path / "evidence.json"
    evidence.write_text('{"gate_run": "g7"}')
    shown = run("promote", "sales@3f2a", "F1 выше", "--evidence", str(evidence))
    assert shown.exit_code != 0, "a reason is an option"
    shown = run("promote", "sales@3f2a", "--reason", "F1 выше", "--evidence", str(evidence))
    assert shown.exit_code == 0, shown.output
    assert asked[-1].url.path == f"/v1/artefacts/{NEW}/promote"
    assert json.loads(asked[-1].content) == {"reason": "F1 выше", "evidence": {"gate_run": "g7"}, "expected": LIVE}
    assert "scorecard/sales: 9b110000 (shipped) → 3f2a0000" in shown.output


def test_going_back_takes_the_live_one(asked: list[httpx.Request]) -> None:
    assert run("rollback", "scorecard/sales", "--reason", "ложные срабатывания", "--shipped").exit_code == 0
    assert asked[-1].url.path == f"/v1/artefacts/{LIVE}/rollback"
    assert json.loads(asked[-1].content) == {"reason": "ложные срабатывания", "to": "shipped"}


def test_history_tells_figures_classes_note_and_who_promoted_on_what_evidence(asked: list[httpx.Request]) -> None:
    shown = " ".join(run("history", "sales").output.split())
    for words in ("f1 0.81", "politeness", "Вежливость", "Анна", "gate_run g7", "F1 выше"):
        assert words in shown
    assert json.loads(run("history", "sales", "--json").output)["promotions"] == [MOVED]
    assert asked


def test_a_document_is_added_and_its_figures_kept(asked: list[httpx.Request], tmp_path: Path) -> None:
    document, figures = tmp_path / "sales.yaml", tmp_path / "figures.json"
    document.write_text("id: sales\n")
    figures.write_text('{"f1": 0.9}')
    assert "scorecard/sales@3f2a000000000000  draft" in run("add", "scorecard", str(document)).output
    assert json.loads(asked[-1].content) == {"kind": "scorecard", "text": "id: sales\n", "state": "draft"}
    assert run("figures", "sales@3f2a", str(figures)).exit_code == 0
    assert (asked[-1].method, json.loads(asked[-1].content)) == ("PATCH", {"figures": {"f1": 0.9}})
    figures.write_text("[1]")
    assert run("figures", "sales@3f2a", str(figures)).exit_code != 0


def test_a_difference_is_told_by_line(asked: list[httpx.Request]) -> None:
    assert "+weight: 2" in run("diff", "sales@3f2a").output
    assert "against" not in asked[-1].url.params
    assert run("diff", "sales@3f2a", "sales").exit_code == 0
    assert dict(asked[-1].url.params) == {"against": LIVE}


def test_a_dry_run_tells_what_a_version_would_change(asked: list[httpx.Request]) -> None:
    shown = run("dry-run", "sales@3f2a", "-n", "30", "--line", "Продажи")
    assert shown.exit_code == 0, shown.output
    started = next(one for one in asked if one.url.path == f"/v1/artefacts/{NEW}/dry-runs")
    assert json.loads(started.content) == {"conversations": 30, "line": "Продажи", "drawn": "newest"}
    assert "50 of 80 conversations, about 90000 + 4000 tokens" in shown.output
    for words in (
        "50 of 50 conversations",
        "4 of 50 (3-19 %)",
        "passed 40 → 37",
        "-2.5 (-4.0 to -1.0), n 48",
        "blame",
        "agent anna",
    ):
        assert words in shown.output, shown.output
    assert "politeness" not in shown.output, "nothing differs"
    assert json.loads(run("dry-run", "sales@3f2a", "--json").output) == REPORT
