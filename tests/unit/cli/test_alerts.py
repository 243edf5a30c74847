"""`auricle alerts`: what rings and rang as it is shown, taken up, closed, and tested with the answers of who was told."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from auricle_cli.app import app
from auricle_cli.commands import alerts
from typer.testing import CliRunner, Result

ALERT = {
    "id": "a1", "state": "open", "opened_at": "2026-11-30T10:15:00Z", "rule": "Грубость", "last": {"value": 3.0, "n": 40},
}  # fmt: skip
EMPTY = ALERT | {"id": "a2", "state": "closed", "last": {"value": None, "n": 0}}
RULES = [
    {"id": "r1", "name": "Грубость", "measure": "class_count", "active": True, "alert_state": "open"},
    {"id": "r2", "name": "Балл", "measure": "score_mean", "active": True, "alert_state": None},
    {"id": "r3", "name": "Старое", "measure": "fatal_count", "active": False, "alert_state": None},
]


class Answering:
    """A gateway that remembers what it is asked; deliveries are pending at the first look."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.delivery_ids = ["d1", "d2"]
        self.states = {"d1": "sent", "d2": "sent"}
        self.looks = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.asked.append((request.method, path, dict(request.url.params)))
        if path == "/v1/alerts":
            return httpx.Response(200, json={"items": [ALERT, EMPTY], "next_cursor": None})
        if path == "/v1/alert-rules":
            return httpx.Response(200, json={"items": RULES})
        if path.endswith("/test"):
            return httpx.Response(202, json={"delivery_ids": self.delivery_ids})
        if path == "/v1/alert-deliveries":
            self.looks += 1
            return httpx.Response(200, json={"items": [self._delivery(one) for one in self.delivery_ids]})
        state = {"acknowledgement": "acknowledged", "closing": "closed"}[path.rpartition("/")[2]]
        return httpx.Response(200, json={"state": state})

    def _delivery(self, one: str) -> dict[str, Any]:
        state = self.states[one] if self.looks > 1 else "pending"
        answer = {"sent": "200", "dead": "404"}.get(state)
        return {"id": one, "destination": f"to {one}", "state": state, "answer": answer}


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Answering:
    """In the place of the real one."""
    answering = Answering()
    made: Callable[..., httpx.Client] = httpx.Client
    monkeypatch.setattr(httpx, "Client", lambda **given: made(**given, transport=httpx.MockTransport(answering)))
    monkeypatch.setattr(alerts, "LOOK_S", 0.0)
    return answering


def run(*given: str) -> Result:
    return CliRunner().invoke(app, ["alerts", *given, "--key", "k"])


def test_alerts_are_listed_with_what_was_read(gateway: Answering) -> None:
    done = run("list", "--state", "open")
    assert done.exit_code == 0, done.output
    first, second = done.output.strip().splitlines()
    assert first == "a1  open          2026-11-30T10:15  Грубость: 3 (n = 40)"
    assert second.endswith("Грубость: nothing (n = 0)")
    assert gateway.asked[0][2]["state"] == "open"
    assert [one["id"] for one in json.loads(run("list", "--json").output)["items"]] == ["a1", "a2"]
    assert run("list", "--state", "loud").exit_code == 2


def test_rules_are_listed_with_the_state_of_their_alert(gateway: Answering) -> None:
    lines = run("rules").output.strip().splitlines()
    assert [line.split()[1] for line in lines] == ["open", "quiet", "off"]
    assert json.loads(run("rules", "--json").output) == {"items": RULES}


@pytest.mark.parametrize("rule", ["r1", "Грубость"])
def test_a_rule_is_tested_by_id_or_name_and_answers_are_waited_for(gateway: Answering, rule: str) -> None:
    done = run("test", rule)
    assert done.exit_code == 0, done.output
    assert done.output.splitlines() == ["to d1: sent, 200", "to d2: sent, 200"]
    assert ("POST", "/v1/alert-rules/r1/test", {}) in gateway.asked
    assert gateway.looks == 2


def test_a_destination_that_did_not_take_the_test_ends_it_with_one(gateway: Answering) -> None:
    gateway.states["d2"] = "dead"
    done = run("test", "r1")
    assert (done.exit_code, "to d2: dead, 404" in done.output) == (1, True)


def test_an_answer_that_does_not_come_is_not_waited_for_without_end(
    gateway: Answering, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts, "PATIENCE_S", 0.0)
    gateway.states = dict.fromkeys(gateway.delivery_ids, "pending")
    done = run("test", "r1", "--json")
    assert done.exit_code == 1
    assert [one["state"] for one in json.loads(done.output)["items"]] == ["pending", "pending"]


def test_a_rule_that_is_none_or_tells_nobody_is_said(gateway: Answering) -> None:
    unknown = run("test", "Тишина")
    assert (unknown.exit_code, "no rule is called" in str(unknown.exception)) == (1, True)
    gateway.delivery_ids = []
    silent = run("test", "r1")
    assert (silent.exit_code, "names no destination" in str(silent.exception)) == (1, True)


@pytest.mark.parametrize(
    ("command", "step", "state"), [("ack", "acknowledgement", "acknowledged"), ("close", "closing", "closed")]
)
def test_an_alert_is_taken_up_and_closed(gateway: Answering, command: str, step: str, state: str) -> None:
    done = run(command, "a1")
    assert (done.exit_code, done.output.strip()) == (0, state)
    assert gateway.asked == [("POST", f"/v1/alerts/a1/{step}", {})]
