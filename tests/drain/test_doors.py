"""Services behind HTTP: a request in flight ends within the grace, nobody new gets in, and what never ends is cut."""

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from auricle_cli.stack.local_stack import LocalStack
from drain.conftest import Note, Start
from drain.subjects import SLACK_S, HalfRequest, Subject, until
from fixtures.storm import load
from fixtures.storm.proofs import Proofs

TURNS = [{"id": 1, "participant": "a", "role": "agent", "text": "Добрый день, доставка 350 рублей."}]
TRANSCRIPT = {"conversation_id": "c", "language": "ru", "turns": TURNS}
QUESTION = [{"role": "user", "content": "call\nT1 agent: Добрый день"}]
SHORT_S = 3.0
pytestmark = pytest.mark.timeout(400)
Headers = dict[str, str]


@dataclass(frozen=True)
class Door:
    """A POST that the service answers with `status` when it is whole."""

    service: str
    path: str
    status: int
    make: Callable[[str, pytest.FixtureRequest], tuple[Headers, bytes]]

    def half(self, subject: Subject, request: pytest.FixtureRequest) -> HalfRequest:
        return HalfRequest(subject.url, self.path, *self.make(subject.url, request))


def _json(body: Any) -> Callable[[str, pytest.FixtureRequest], tuple[Headers, bytes]]:
    return lambda _url, _request: ({"Content-Type": "application/json"}, json.dumps(body).encode())


def _upload(_url: str, request: pytest.FixtureRequest) -> tuple[Headers, bytes]:
    item: load.Item = request.getfixturevalue("upload")
    key = request.getfixturevalue("stack").key
    return item.headers | {"Authorization": f"Bearer {key}", "Idempotency-Key": item.key}, item.content


def _login(url: str, request: pytest.FixtureRequest) -> tuple[Headers, bytes]:
    body = f"key={request.getfixturevalue('stack').key}&next=/".encode()
    return {"Content-Type": "application/x-www-form-urlencoded", "Origin": url}, body


DOORS = [
    Door("compressor", "/v1/compress", 200, _json({"transcript": TRANSCRIPT})),
    Door("rules", "/v1/answer", 200, _json({"transcript": TRANSCRIPT, "channel": "chat", "metadata": {}})),
    Door("gateway", "/v1/conversations", 202, _upload),
    Door("console", "/login", 303, _login),
    Door("llm", "/v1/chat/completions", 200, _json({"model": "judge", "messages": QUESTION, "max_tokens": 8})),
]
QUICK = ("compressor",)
EACH = pytest.mark.parametrize(
    "door",
    [pytest.param(one, id=one.service, marks=() if one.service in QUICK else pytest.mark.drain) for one in DOORS],
)


@pytest.fixture
def upload(rng: random.Random, number: int) -> load.Item:
    return load.call(rng, number)


@EACH
def test_a_request_in_flight_ends_and_nobody_new_gets_in(
    door: Door, start: Start, request: pytest.FixtureRequest, note: Note
) -> None:
    subject = start(door.service, 20)
    with door.half(subject, request) as half:
        subject.sigterm()
        assert subject.refuses()
        assert half.rest() == door.status
    code, took_s = subject.ended(SLACK_S)
    assert code == 0
    note(
        workload=door.service, deed="SIGTERM with a request half sent", answered=door.status, ended_s=took_s, exit=code
    )


@EACH
def test_a_request_that_never_ends_is_cut_with_the_grace(
    door: Door, start: Start, request: pytest.FixtureRequest, note: Note
) -> None:
    subject = start(door.service, SHORT_S)
    with door.half(subject, request) as half:
        subject.sigterm()
        code, took_s = subject.ended(SHORT_S + SLACK_S)
        assert code == 0
        assert took_s >= SHORT_S - 0.2
        assert half.is_cut()
    note(workload=door.service, deed=f"grace of {SHORT_S:g} s over", ended_s=took_s, exit=code)


def test_a_request_whose_process_dies_is_known_to_be_lost(start: Start, request: pytest.FixtureRequest) -> None:
    """The caller is not left waiting. (The scorer then asks again: test_workers.)"""
    subject = start("compressor", 20)
    with DOORS[0].half(subject, request) as half:
        subject.lose_node()
        assert half.is_cut()


@pytest.mark.drain
def test_an_upload_that_was_cut_leaves_nothing_and_is_accepted_elsewhere(
    start: Start, request: pytest.FixtureRequest, stack: LocalStack, proofs: Proofs, upload: load.Item
) -> None:
    subject = start("gateway", SHORT_S)
    with DOORS[2].half(subject, request):
        until(lambda: _states(proofs, upload) == ["receiving"], 30, "the row")
        subject.sigterm()
        subject.ended(SHORT_S + SLACK_S)
    assert _states(proofs, upload) == []
    assert _post(stack.plan.url("gateway"), stack.key, upload).status_code == 202
    assert _states(proofs, upload) == ["stored"]


@pytest.mark.drain
def test_an_upload_whose_gateway_died_is_told_when_to_come_again(
    start: Start, request: pytest.FixtureRequest, stack: LocalStack, proofs: Proofs, upload: load.Item, note: Note
) -> None:
    """Its key is free when nobody has renewed it for a minute; here keeper frees it after 2 s."""
    subject = start("gateway", 20)
    with DOORS[2].half(subject, request):
        until(lambda: _states(proofs, upload) == ["receiving"], 30, "the row")
        subject.lose_node()
    refused = _post(stack.plan.url("gateway"), stack.key, upload)
    assert (refused.status_code, "retry-after" in refused.headers) == (409, True)
    start("keeper", 5, AURICLE_RECEIVING_SECONDS="0.5", AURICLE_RECEIVING_STALE_SECONDS="2")
    began_s = time.monotonic()
    load.post(stack.plan.url("gateway"), stack.key, upload)
    assert _states(proofs, upload) == ["stored"]
    note(workload="gateway", deed="SIGKILL in an upload", retried=409, accepted_s=round(time.monotonic() - began_s, 1))


def _post(url: str, key: str, item: load.Item) -> httpx.Response:
    headers = item.headers | {"Authorization": f"Bearer {key}", "Idempotency-Key": item.key}
    return httpx.post(f"{url}/v1/conversations", content=item.content, headers=headers, timeout=10)


def _states(proofs: Proofs, item: load.Item) -> list[str]:
    rows = proofs.sql(f"SELECT state FROM revisions WHERE idempotency_key = '{item.key}'")
    return [str(row["state"]) for row in rows]


@pytest.mark.drain
def test_a_stream_of_tokens_goes_on_to_its_end(start: Start, note: Note) -> None:
    subject = start("llm", 20)
    asked = {"model": "judge", "messages": QUESTION, "max_tokens": 200, "temperature": 0, "stream": True}
    with httpx.stream("POST", f"{subject.url}/v1/chat/completions", json=asked, timeout=60) as reply:
        pieces = reply.iter_lines()
        first = next(piece for piece in pieces if piece)
        subject.sigterm()
        last = [piece for piece in pieces if piece][-1]
    assert first.startswith("data: ")
    assert last == "data: [DONE]"
    code, took_s = subject.ended(SLACK_S)
    assert code == 0
    note(workload="llm", deed="SIGTERM in a stream of tokens", answered="[DONE]", ended_s=took_s, exit=code)
