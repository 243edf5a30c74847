"""Quizzes by the page, over the real gateway: picked and given by a manager, answered by an agent on the own page."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from integration.console.test_agent_page import Pair, judged
from integration.console.test_appeals import send, signed_in
from integration.gateway.conftest import Door

REFERENCE = "W-9"


@pytest.fixture(scope="module")
async def pair(door: Door) -> AsyncIterator[Pair]:
    """An agent's browser, and a quality manager's."""
    async with AsyncExitStack() as stack:
        yield (
            await stack.enter_async_context(signed_in(door, "wanda", "agent", REFERENCE)),
            await stack.enter_async_context(signed_in(door, "quinn-of-quizzes", "quality_manager")),
        )


async def test_a_quiz_is_made_given_answered_and_explained(door: Door, pair: Pair) -> None:
    wanda, quinn = pair
    conversation, finding = await judged(door, REFERENCE)
    path = f"/v1/conversations/{conversation}/findings/{finding}/labels"
    assert (await door.ours.post(path, json={"verdict": "accept", "comment": "Not like this."})).status_code == 201
    assert "No quizzes yet" in (await quinn.get("/coaching/quizzes")).text
    picked = f"{conversation} {finding}"
    assert f'value="{picked}"' in (await quinn.get("/coaching/quizzes/new")).text
    refused = await send(quinn, "/coaching/quizzes", title="Tone")
    assert (refused.status_code, 'value="Tone"' in refused.text) == (422, True)
    made = (await send(quinn, "/coaching/quizzes", title="Tone", picked=picked)).headers["location"]
    html = (await quinn.get(made)).text
    assert "Results are shown once three people answered" in html
    person = re.search(r'name="people" value="([^"]+)"> wanda', html)
    assert person
    nobody = await send(quinn, f"{made}/assignments", due="2030-01-31")
    assert (nobody.status_code, "somebody to give it to" in nobody.text) == (422, True)
    assert (await send(quinn, f"{made}/assignments", due="2030-01-31", people=person[1])).status_code == 303
    link = re.search(r'href="(/quizzes/[^"]+)"', (await wanda.get("/me")).text)
    assert link
    asked = (await wanda.get(link[1])).text
    assert "Not like this." not in asked
    question = re.search(r'name="question" value="([^"]+)"', asked)
    assert question
    done = await send(wanda, link[1], question=question[1], choice="")
    assert done.headers["location"].endswith(f"#q-{question[1]}")
    told = (await wanda.get(link[1])).text
    assert "Not like this." in told
    assert "0 of 1 right" in told
    assert "given to 1, finished by 1" in (await quinn.get(made)).text
    assert (await wanda.get(made)).status_code == 403
    assert (await send(quinn, f"{made}/removal")).headers["location"] == "/coaching/quizzes"
