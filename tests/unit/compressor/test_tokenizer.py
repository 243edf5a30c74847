"""Counting tokens: stated approximation, served tokenizer, and a server that is not there."""

import httpx
from auricle_compressor.tokenizer import APPROXIMATION, ApproximateCounter, ServedCounter, approximate


def test_the_approximation_is_what_its_name_says() -> None:
    assert approximate("доставка") == 3
    assert approximate("delivery") == 2
    assert approximate("12, да") == 4
    assert approximate("") == 0


async def test_llama_and_vllm_replies_are_both_read() -> None:
    async def reply(request: httpx.Request) -> httpx.Response:
        vllm = b'"model":"vllm"' in request.content
        return httpx.Response(200, json={"count": 5} if vllm else {"tokens": [1, 2, 3]})

    async with httpx.AsyncClient(transport=httpx.MockTransport(reply)) as client:
        assert (await ServedCounter(client, "http://m/tokenize", "vllm", 30).count("a", "b")).tokens == (5, 5)
        llama = await ServedCounter(client, "http://m/tokenize", "judge", 30).count("a")
        assert (llama.tokens, llama.counter) == ((3,), "judge")


async def test_a_silent_server_is_asked_once_and_the_count_says_so() -> None:
    asked = 0

    async def refuse(_: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        raise httpx.ConnectError("asleep")

    async with httpx.AsyncClient(transport=httpx.MockTransport(refuse)) as client:
        counter = ServedCounter(client, "http://m/tokenize", "judge", 30)
        for _ in range(3):
            count = await counter.count("доставка", "да")
            assert (count.tokens, count.counter) == ((3, 1), APPROXIMATION)
    assert asked == 1
    assert (await ApproximateCounter().count("да")).counter == APPROXIMATION
