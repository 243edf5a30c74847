"""A replay's golden cases: asked once of the gateway, again where it is busy, and an error where it refuses."""

import asyncio
import json
from collections.abc import Callable

import httpx
import pytest
from auricle_contracts import Role, Transcript, Turn
from auricle_kit.errors import DependencyUnavailable
from auricle_scorer.replay_cases import GatewayCases, ItemCases

CASE = {
    "item_id": "g2",
    "error_class": "blame",
    "state": "found",
    "turns": [{"role": "agent", "text": "Сами виноваты"}],
    "places": [{"turn": 1, "text": "Сами"}],
}
SHOWN = Transcript(
    conversation_id="golden-0",
    language="ru",
    turns=(Turn(id=1, participant="agent", role=Role.AGENT, text="Где заказ?"),),
)


def cases(answer: Callable[[httpx.Request], httpx.Response]) -> GatewayCases:
    return GatewayCases(httpx.AsyncClient(base_url="http://gateway", transport=httpx.MockTransport(answer)))


async def test_a_question_is_asked_once_and_again_where_the_gateway_is_busy() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        busy = len(asked) == 1
        return (
            httpx.Response(429, headers={"Retry-After": "0"}) if busy else httpx.Response(200, json={"items": [CASE]})
        )

    of = ItemCases(cases(answer), "g1")
    pools = await asyncio.gather(*(of.pool(SHOWN, ["blame"], most=2) for _ in range(3)))
    assert [one.item_id for one in pools[0].nearest] == ["g2"]
    assert pools[0] == pools[1] == pools[2]
    assert [one.url.path for one in asked] == ["/v1/golden-items/g1/cases"] * 2
    body = {"error_classes": ["blame"], "words": "Где заказ?", "language": "ru", "most": 2}
    assert json.loads(asked[0].content) == body
    await of.pool(SHOWN, ["rudeness"], most=2)
    assert len(asked) == 3, "other classes are another question"


@pytest.mark.parametrize("reply", [httpx.Response(404), httpx.Response(200, json={"other": 1})])
async def test_a_refusal_is_an_error_and_no_measurement(reply: httpx.Response) -> None:
    with pytest.raises(DependencyUnavailable, match="golden cases"):
        await ItemCases(cases(lambda _: reply), "g1").pool(SHOWN, ["blame"], most=2)
