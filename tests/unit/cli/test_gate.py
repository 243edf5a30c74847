"""`auricle gate` beside a registry: whose items are asked for, what is kept as the version's figures, and how it ends."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from auricle_cli import app
from auricle_cli.errors import GateRefused, TooFewToTell
from auricle_cli.gates import running
from auricle_cli.gates.commands import fitted
from auricle_contracts import gate_traces
from auricle_contracts.gate_traces import ModelCall, PromptMessage
from auricle_contracts.golden import GoldenDialogue, GoldenKind, GoldenState
from auricle_criteria import Bundle, documents
from auricle_criteria.artefact import Artefact
from auricle_criteria.classes import ClassState, read_classes
from auricle_quality import PredictedOutcome, PredictedState, Prediction
from typer.testing import CliRunner

CLASS = "blame"
PROMPTS = Path(__file__).parents[3] / "prompts"
ITEM = {
    "channel": "chat",
    "turns": [{"role": "agent", "text": "Сами виноваты"}],
    "labels": [{"kind": "error_class", "subject": CLASS, "state": "found", "places": [{"turn": 1, "text": "Сами"}]}],
}
CALL = ModelCall(
    messages=(PromptMessage(role="user", content="?"),), answer="{}", tokens_in=9, tokens_out=1, seconds=0.1
)
NONE = ITEM | {"labels": [{"kind": "error_class", "subject": CLASS, "state": "not_found"}]}


@pytest.fixture(scope="module")
def candidate() -> Artefact:
    shipped = read_classes(PROMPTS)[CLASS]
    return shipped.model_copy(update={"state": ClassState.EXPERIMENTAL})


class Registry:
    """A gateway with one version, and golden items of one sort each."""

    def __init__(self, candidate: Artefact, items: int) -> None:
        self.asked: list[httpx.Request] = []
        lines = [one | {"id": f"g{number}"} for number, one in enumerate([ITEM] * items + [NONE] * items)]
        self._items = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines)
        self._version = {
            "id": "0193f0a1-6b1c-7c1e-9a51-0d5c0e1f2a3b", "kind": "error_class", "name": CLASS, "hash": candidate.hash,
            "state": "candidate", "held": False, "figures": {"f1": 0.8}, "text": documents.as_yaml(candidate),
        }  # fmt: skip

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        path = request.url.path
        if path == "/v1/golden-export":
            return httpx.Response(200, text=self._items)
        if path.endswith("/history"):
            return httpx.Response(200, json={"versions": [self._version], "promotions": []})
        if path == "/v1/artefacts":
            waits = request.url.params.get("state", "live") != "live"
            return httpx.Response(200, json={"items": [self._version] if waits else [], "next_cursor": None})
        return httpx.Response(200, json=self._version)

    @property
    def kept(self) -> dict[str, Any]:
        """The figures that were sent."""
        (sent,) = [one for one in self.asked if one.method == "PATCH"]
        figures: dict[str, Any] = json.loads(sent.content)["figures"]
        return figures


@pytest.fixture
def gated(monkeypatch: pytest.MonkeyPatch, candidate: Artefact) -> Callable[..., tuple[Any, Registry]]:
    """Runs the command on so many items a side; `right` says whether the candidate finds what is there."""

    def run(items: int, *more: str, right: bool = True) -> tuple[Any, Registry]:
        registry, real = Registry(candidate, items), httpx.Client
        monkeypatch.setattr(httpx, "Client", lambda **kwargs: real(**kwargs, transport=httpx.MockTransport(registry)))

        def said(
            _: Bundle, dialogues: Sequence[GoldenDialogue], runs: int, __: object, **_more: object
        ) -> list[Prediction]:
            return [
                Prediction(item=item, run=run, outcomes=(_outcome(one, right=right),), calls=(CALL,))
                for item, one in enumerate(dialogues)
                for run in range(runs)
            ]

        monkeypatch.setattr(running, "predictions", said)
        named = f"error_class:{CLASS}@{candidate.hash}"
        return CliRunner().invoke(app.app, ["gate", "--candidate", named, "--runs", "2", *more]), registry

    return run


def _outcome(dialogue: GoldenDialogue, *, right: bool) -> PredictedOutcome:
    found = dialogue.labels[0].state is GoldenState.FOUND and right
    state = PredictedState.FOUND if found else PredictedState.NOT_FOUND
    return PredictedOutcome(kind=GoldenKind.ERROR_CLASS, subject=CLASS, state=state, turns=(1,) if found else ())


def test_a_pass_is_kept_beside_what_else_was_measured(gated: Callable[..., tuple[Any, Registry]]) -> None:
    ended, registry = gated(40)
    assert ended.exit_code == 0, ended.output
    exported = next(one for one in registry.asked if one.url.path == "/v1/golden-export")
    assert exported.url.params["split"] == "test"
    assert registry.kept["f1"] == 0.8
    told = registry.kept["gate"]
    assert (told["verdict"], told["items"], told["runs"], told["counts"]["passed"]) == ("passed", 80, 2, 1)
    assert told["live"] != told["subjects"]  # the hash of what was live beside it
    assert "cases" not in told


def test_a_refusal_is_kept_too_and_ends_otherwise(gated: Callable[..., tuple[Any, Registry]]) -> None:
    ended, registry = gated(40, right=False)
    assert isinstance(ended.exception, GateRefused)
    assert (registry.kept["gate"]["verdict"], GateRefused.exit_code) == ("refused", 6)


def test_few_items_end_in_a_code_of_their_own(gated: Callable[..., tuple[Any, Registry]]) -> None:
    ended, registry = gated(3)
    assert isinstance(ended.exception, TooFewToTell)
    assert (registry.kept["gate"]["verdict"], TooFewToTell.exit_code) == ("too_few", 7)


def test_what_the_candidate_does_not_serve_is_not_gated(gated: Callable[..., tuple[Any, Registry]]) -> None:
    ended, registry = gated(3, "--subject", "rudeness")
    assert "does not serve rudeness" in str(ended.exception)
    assert not [one for one in registry.asked if one.method == "PATCH"]


def test_a_versions_figures_have_room_for_so_many_items() -> None:
    one = {"id": "0193", "reference": "я" * 60, "said": "x" * 300}
    figures = {"verdict": "refused", "against": [one] * 20, "flaky": [one] * 20, "subjects": [one] * 20}
    kept = fitted(figures, beside={"f1": 0.8})
    assert len(json.dumps(kept, ensure_ascii=False).encode()) < 16 * 1024
    assert kept["verdict"] == "refused"
    assert min(len(kept[name]) for name in ("against", "flaky", "subjects")) > 5
    assert len(figures["against"]) == 20


def test_what_was_asked_of_the_items_against_it_is_kept(gated: Callable[..., tuple[Any, Registry]]) -> None:
    _, registry = gated(40, right=False)
    kept = [json.loads(one.content) for one in registry.asked if one.method == "PUT"]
    assert len(kept) == 20
    assert kept[0] == {"calls": [CALL.model_dump(mode="json")], "left_out": 0}


def test_calls_that_are_too_long_are_left_out_and_counted() -> None:
    long = CALL.model_copy(update={"answer": "я" * (gate_traces.MOST_BYTES // 2)})
    told = gate_traces.fitted((CALL, long, CALL))
    assert (len(told.calls), told.left_out) == (1, 2)
