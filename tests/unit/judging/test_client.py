"""The client against a real HTTP server: retries with jitter, typed refusals, token counts, readiness; and one repair."""

import asyncio
from collections.abc import Iterator

import pytest
from auricle_contracts import AnswerState
from auricle_contracts.judges import Reasoning
from auricle_judging import (
    ContextTooLong,
    ModelClient,
    ModelRefused,
    ModelUnavailable,
    PromptReply,
    Retrying,
    ask_prompt,
    render,
)
from auricle_judging.client import APPROXIMATION, _worked
from fixtures.scripted_model import Scripted, served
from unit.judging.examples import evaluate, lines, transcript

QUICK = Retrying(attempts=3, base_s=0.01, cap_s=0.02)


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, Scripted]]:
    with served() as running:
        yield running


async def asked(address: str, model: str) -> PromptReply:
    """The usual question put to a model of the scripted server."""
    said = transcript()
    async with ModelClient(address, model, retrying=QUICK) as client:
        return await ask_prompt(evaluate(), render(evaluate(), lines(said)), said, client)


async def test_an_answer_in_form_has_evidence_confidence_and_usage(server: tuple[str, Scripted]) -> None:
    reply = await asked(server[0], "judge")
    assert set(reply.answers) == {"politeness", "objection_handling", "sale_chance", "stage"}
    sale = reply.answers["sale_chance"]
    assert sale.state is AnswerState.ANSWERED
    assert sale.quotes[0].text
    assert sale.confidence is not None
    assert 0.8 < sale.confidence <= 0.95
    assert reply.tokens_in > 100
    assert reply.tokens_out > 20
    assert not reply.repaired
    assert not reply.faults


async def test_a_broken_reply_is_repaired_once(server: tuple[str, Scripted]) -> None:
    reply = await asked(server[0], "broken")
    assert reply.repaired
    assert reply.answers["stage"].state is AnswerState.ANSWERED


async def test_a_hopeless_one_is_given_up_with_what_it_cost(server: tuple[str, Scripted]) -> None:
    reply = await asked(server[0], "hopeless")
    assert not reply.answers
    assert reply.faults
    assert not reply.repaired
    assert reply.tokens_in > 0


async def test_a_place_that_is_not_there_is_no_answer(server: tuple[str, Scripted]) -> None:
    reply = await asked(server[0], "liar")
    assert not reply.answers
    assert any("enum" in fault for fault in reply.faults)


async def test_a_busy_server_is_asked_again(server: tuple[str, Scripted]) -> None:
    reply = await asked(server[0], "busy")
    assert reply.answers["stage"].state is AnswerState.ANSWERED


async def test_no_logprobs_means_no_confidence(server: tuple[str, Scripted]) -> None:
    reply = await asked(server[0], "silent")
    assert reply.answers["stage"].confidence is None


async def test_refusals_are_typed(server: tuple[str, Scripted]) -> None:
    with pytest.raises(ModelRefused):
        await asked(server[0], "nobody")
    said = transcript(*[(turn.role, turn.text) for turn in transcript().turns] * 20)
    async with ModelClient(server[0], "refusing", retrying=QUICK) as client:
        with pytest.raises(ContextTooLong):
            await ask_prompt(evaluate(), render(evaluate(), lines(said)), said, client)


async def test_a_sleeping_server_is_unavailable_and_serves_nothing() -> None:
    with served(Scripted(sleeping=True)) as (address, _):
        with pytest.raises(ModelUnavailable, match="3 times"):
            await asked(address, "judge")
        async with ModelClient(address, "judge") as client:
            with pytest.raises(ModelUnavailable):
                await client.served()


async def test_a_closed_port_is_unavailable(unused_tcp_port: int) -> None:
    address = f"http://127.0.0.1:{unused_tcp_port}/v1"
    with pytest.raises(ModelUnavailable):
        await asked(address, "judge")
    async with ModelClient(address, "judge") as client:
        with pytest.raises(ModelUnavailable):
            await client.models()
        counted = await client.count("четыре слова и точка")
        assert (counted.count, counted.counter) == (10, APPROXIMATION)


async def test_what_is_served_tells_context_and_demo_weights(server: tuple[str, Scripted]) -> None:
    async with ModelClient(server[0], "judge") as client:
        model = await client.served()
        assert model is not None
        assert (model.context, model.demo_weights) == (4096, True)
    async with ModelClient(server[0], "absent") as client:
        assert await client.served() is None


@pytest.mark.parametrize(
    ("told", "known"), [("none", Reasoning.NONE), ("short", Reasoning.SHORT), (None, None), ("long", None)]
)
async def test_what_is_served_tells_whether_it_reasons(told: str | None, known: Reasoning | None) -> None:
    with served(Scripted(reasoning=told)) as (url, _):
        async with ModelClient(url, "judge") as client:
            model = await client.served()
    assert model is not None
    assert model.reasoning is known


async def test_an_adapter_is_listed_once_somebody_asks_for_it() -> None:
    with served() as (url, _):
        async with ModelClient(url, "adapter") as client, ModelClient(url, "judge") as other:
            assert "adapter" not in {model.id for model in await other.models()}
            found = await client.served()
            assert found is not None
            assert found.context == 4096, "its parent's"
        async with ModelClient(url, "nobody") as missing:
            assert await missing.served() is None
            assert (await missing.count("один два")).counter == APPROXIMATION
            missing.model = "judge"  # a model that is not there yet is no reason to give the tokenizer up
            assert (await missing.count("один два")).counter == "judge"


async def test_tokens_are_counted_by_the_server(server: tuple[str, Scripted]) -> None:
    async with ModelClient(server[0], "judge") as client:
        counted = await client.count("раз два")
        assert (counted.count, counted.counter) == (2, "judge")


async def test_a_question_carries_its_key_and_its_trace() -> None:
    heads: list[str] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append((await reader.readuntil(b"\r\n\r\n")).decode().lower())
        writer.write(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    door = await asyncio.start_server(listen, "127.0.0.1", 0)
    async with (
        door,
        ModelClient(f"http://127.0.0.1:{door.sockets[0].getsockname()[1]}/v1/", "judge", api_key="s3") as client,
    ):
        with pytest.raises(ModelRefused, match="401"):
            await client.ask([], {}, temperature=0, max_tokens=1)
    assert heads[0].startswith("post /v1/chat/completions http/1.1")
    assert "authorization: bearer s3" in heads[0]
    assert "traceparent: " in heads[0]


@pytest.mark.parametrize("body", [b"", b"not json", b"{}", b'{"choices": []}', b"[1]"])
async def test_a_server_that_talks_nonsense_is_unavailable(body: bytes) -> None:
    async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: %d\r\n\r\n"
        writer.write(head % len(body) + body)
        await writer.drain()
        writer.close()

    door = await asyncio.start_server(nonsense, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{door.sockets[0].getsockname()[1]}/v1"
    async with door:
        with pytest.raises(ModelUnavailable):
            await asked(address, "judge")
        async with ModelClient(address, "judge") as client:
            assert (await client.count("раз")).counter == APPROXIMATION


@pytest.mark.parametrize(
    ("extra", "seconds"),
    [({}, 3.0), ({"timings": {"prompt_ms": 500, "predicted_ms": 700}}, 1.2), ({"timings": {"predicted_ms": 9e9}}, 3.0)],
)
def test_a_queue_in_front_of_the_engine_is_not_charged(extra: dict[str, object], seconds: float) -> None:
    assert _worked(extra, 3.0) == pytest.approx(seconds)


def test_the_wait_is_jittered_and_capped() -> None:
    waits = [Retrying(base_s=1, cap_s=3).wait_s(attempt) for attempt in range(10) for _ in range(50)]
    assert max(waits) <= 3
    assert len({round(wait, 6) for wait in waits}) > 400
