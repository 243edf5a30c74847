"""Words that go with a choice, over the wire: forms together, quotes, masked, and nothing of fewer than five conversations."""

from auricle_contracts import Role
from auricle_records import transcript_texts
from auricle_records.transcript_texts import MaskedTurn
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import post_chat

FORMS = ("Верните деньги.", "Вернуть деньгами.", "Где мои деньги?", "Про деньги забудьте.", "Деньги вернут?", "Деньги!")


async def said(door: Door, words: str, *, rude: bool) -> str:
    """An indexed conversation; `rude`: it has a finding."""
    conversation = await post_chat(door.ours, line="words")
    await outcomes.judge(door, conversation, findings=(outcomes.FINDING,) if rude else ())
    for one in await transcript_texts.waiting(door.db, "ours", limit=100):
        if one.conversation_id == conversation:
            await transcript_texts.put(door.db, "ours", one, [MaskedTurn(1, Role.CUSTOMER, words)])
    return conversation


async def test_words_of_a_choice_against_the_rest(door: Door) -> None:
    asked = {"line": "words", "choice_error_class": "rudeness"}
    for words in FORMS[:4]:
        await said(door, f"Здравствуйте. {words}", rude=True)
    for _ in range(6):
        await said(door, "Здравствуйте. Спасибо, доставка приехала. Редкость.", rude=False)
    few = (await door.ours.get("/v1/word-uses", params=asked)).json()
    assert (few["chosen"], few["others"], few["with_choice"]) == (4, 6, []), "four conversations tell nothing"
    for words in FORMS[4:]:
        await said(door, f"Здравствуйте. {words}", rude=True)
    told = (await door.ours.get("/v1/word-uses", params=asked)).json()
    assert (told["chosen"], told["others"], told["is_cut"]) == (6, 6, False)
    first = told["with_choice"][0]
    assert first["word"] in ("деньги", "деньгами"), "as it is said, whatever the form"
    assert (first["chosen"], first["others"]) == (6, 0)
    assert first["low"] < first["log_odds"] < first["high"]
    assert len(first["quotes"]) == 3
    assert all("ден" in one["text"].lower() for one in first["quotes"])
    shown = {one["word"] for one in (*told["with_choice"], *told["with_others"])}
    assert "доставка" in {one["word"] for one in told["with_others"]}
    assert "верните" not in shown, "of one conversation nothing is shown"


async def heard(door: Door, turns: list[tuple[Role, str]], *, rude: bool) -> None:
    """An indexed conversation of several turns; `rude`: it has a finding."""
    conversation = await post_chat(door.ours, line="roles")
    await outcomes.judge(door, conversation, findings=(outcomes.FINDING,) if rude else ())
    for one in await transcript_texts.waiting(door.db, "ours", limit=100):
        if one.conversation_id == conversation:
            said = [MaskedTurn(number, role, words) for number, (role, words) in enumerate(turns, 1)]
            await transcript_texts.put(door.db, "ours", one, said)


async def test_words_of_one_role_are_told_apart(door: Door) -> None:
    """Whoever says it: "претензия" is the customers' word of the rude ones, and the agents' of the others."""
    agent, customer = Role.AGENT, Role.CUSTOMER
    for _ in range(6):
        await heard(door, [(customer, "Это претензия."), (agent, "Подождите немного.")], rude=True)
        await heard(door, [(customer, "Спасибо большое."), (agent, "Оформлю как претензию.")], rude=False)
    asked = {"line": "roles", "choice_error_class": "rudeness"}
    whole = (await door.ours.get("/v1/word-uses", params=asked)).json()
    both = {one["word"]: (one["chosen"], one["others"]) for one in (*whole["with_choice"], *whole["with_others"])}
    assert both.get("претензия", (6, 6)) == (6, 6), "of both roles it goes with neither side"
    for role, side, other in ((customer, "with_choice", "спасибо"), (agent, "with_others", "подождите")):
        told = (await door.ours.get("/v1/word-uses", params=asked | {"speaker": role})).json()
        assert (told["chosen"], told["others"]) == (6, 6)
        found = {one["word"]: one for one in (*told["with_choice"], *told["with_others"])}
        (complaint,) = [one for one in told[side] if one["word"].startswith("претензи")]
        assert {complaint["chosen"], complaint["others"]} == {6, 0}
        assert len(complaint["quotes"]) == 3
        assert other in found, "the role's own words are all there"
        strange = {"подождите", "оформлю"} if role is customer else {"спасибо", "большое"}
        assert not strange & set(found), "nothing that the other role says"
    bots = (await door.ours.get("/v1/word-uses", params=asked | {"speaker": "bot"})).json()
    assert (bots["chosen"], bots["others"], bots["compared"]) == (0, 0, 0)
    assert (await door.ours.get("/v1/word-uses", params=asked | {"speaker": "judge"})).status_code == 422


async def test_what_is_no_choice_is_told(door: Door) -> None:
    for wrong in ({}, {"line": "words"}, {"choice_answer": "sale"}, {"choice_score_below": "101"}, {"surprise": "1"}):
        assert (await door.ours.get("/v1/word-uses", params=wrong)).status_code == 422
    appealed = await door.ours.get("/v1/word-uses", params={"choice_appealed": "true", "line": "words"})
    assert appealed.status_code == 200, appealed.text
