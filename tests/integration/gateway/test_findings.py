"""Findings over the wire: accepted, rejected, added by hand in the words that a person saw; the score and every export follow."""

import csv
import io
from typing import Any

import pytest
from auricle_contracts import Scope
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import fresh, post_chat
from integration.gateway.signed_in import person_of

PHONE = "Перезвоните на +7 912 345-67-89, Достали уже, ждите"
REJECTED = {"verdict": "reject", "comment": "спросите +7 912 345-67-89"}


@pytest.fixture
async def chat(door: Door) -> tuple[str, str]:
    """A judged chat with one finding, and the name by which it is exported."""
    name = fresh()
    turns = [{"participant": "customer", "text": "Сколько стоит?"}, {"participant": "agent", "text": PHONE}]
    conversation = await post_chat(door.ours, external_id=name, turns=turns)
    await outcomes.judge(door, conversation, findings=(outcomes.FINDING,))
    return conversation, name


async def report_of(door: Door, conversation: str, **query: str) -> dict[str, Any]:
    found: dict[str, Any] = (await door.ours.get(f"/v1/conversations/{conversation}/evaluation", params=query)).json()
    return found


async def judge(door: Door, conversation: str, finding: str, **said: Any) -> Any:
    return await door.ours.post(f"/v1/conversations/{conversation}/findings/{finding}/labels", json=said)


async def test_a_rejected_finding_counts_nowhere_and_is_still_shown(door: Door, chat: tuple[str, str]) -> None:
    conversation, name = chat
    before = await report_of(door, conversation)
    (finding,) = before["evaluation"]["findings"]
    assert (before["overall"], finding["verdict"]) == (before["evaluation"]["overall"], None)
    made = await judge(door, conversation, finding["id"], **REJECTED, author="ann")
    assert made.status_code == 201, made.text
    assert (made.json()["error_class"], made.json()["author_name"]) == ("rudeness", "ann")
    after = await report_of(door, conversation)
    (finding,) = after["evaluation"]["findings"]
    assert (finding["verdict"], finding["judged_by"], finding["comment"]) == ("reject", "ann", "Груб.")
    assert "345-67-89" not in finding["note"], "what people write is masked as well"
    listed = await door.ours.get("/v1/conversations", params={"id": conversation, "include": "summary"})
    assert listed.json()["items"][0]["summary"]["findings"] == {}
    sheet = await rows_of(door, name, "report")
    assert sheet[0]["findings"] == "0"
    (row,) = await rows_of(door, name, "findings")
    assert (row["counts"], row["verdict"], row["judged_by"]) == ("no", "reject", "ann")


async def rows_of(door: Door, name: str, sheet: str) -> list[dict[str, str]]:
    query = {"external_id": name, "format": "csv", "sheet": sheet, "language": "en"}
    lines = list(csv.reader(io.StringIO((await door.ours.get("/v1/export", params=query)).text.lstrip("\ufeff"))))
    keys = [title.lower().replace(" ", "_") for title in lines[0]]
    return [dict(zip(keys, line, strict=True)) for line in lines[1:]]


async def test_the_score_follows_the_verdicts(door: Door, chat: tuple[str, str]) -> None:
    """A fatal finding fails the conversation until somebody rejects it; the model's own score stays beside."""
    conversation, _ = chat
    (finding,) = (await report_of(door, conversation))["evaluation"]["findings"]
    await judge(door, conversation, finding["id"], verdict="accept", grade=2)
    failed = await report_of(door, conversation)
    assert (failed["overall"]["passed"], failed["overall"]["failed_by"]) == (False, ["rudeness"])
    await judge(door, conversation, finding["id"], verdict="reject", grade=0)
    passed = await report_of(door, conversation)
    assert (passed["overall"]["passed"], passed["overall"]["failed_by"]) == (True, [])
    label = {"conversation_id": conversation, "criterion": "politeness", "value": 10}
    await door.ours.post("/v1/labels", json=label)
    lower = (await report_of(door, conversation))["overall"]
    assert lower["points"] < passed["overall"]["points"], "a verdict on an answer moves it too"
    assert lower["passed"] is False


async def test_the_history_of_a_finding(door: Door, chat: tuple[str, str]) -> None:
    conversation, _ = chat
    (finding,) = (await report_of(door, conversation))["evaluation"]["findings"]
    async with await person_of(door.ours, "reviewer", email="rita@findings.example") as rita:
        path = f"/v1/conversations/{conversation}/findings/{finding['id']}/labels"
        assert (await rita.post(path, json={"verdict": "accept", "grade": 1, "author": "eve"})).status_code == 201
        await judge(door, conversation, finding["id"], **REJECTED)
        await rita.post(path, json={"verdict": "accept", "grade": 2})
        said = (await rita.get(path)).json()["items"]
        person = (await rita.get("/v1/whoami")).json()["person"]["id"]
    assert [(one["verdict"], one["grade"], one["superseded"]) for one in said] == [
        ("accept", 2, False), ("reject", None, False), ("accept", 1, True),
    ]  # fmt: skip
    assert (said[0]["author"], said[0]["author_kind"], said[0]["author_name"]) == (person, "person", "rita")
    assert "345-67-89" not in str(said)
    trail = (await door.ours.get("/v1/audit", params={"conversation_id": conversation})).json()["items"]
    assert [(one["action"], one["subject"]) for one in trail if one["action"] == "finding_labelled"] == [
        ("finding_labelled", "rudeness")
    ] * 3


@pytest.mark.parametrize("unmasked", [True, False])
async def test_an_error_is_added_in_the_words_that_a_person_saw(
    door: Door, chat: tuple[str, str], *, unmasked: bool
) -> None:
    """Spans are of the text that was shown, masked or not; kept are the original's own words, whole ones."""
    conversation, _ = chat
    query = {"unmasked": str(unmasked).lower()}
    shown = (await door.ours.get(f"/v1/conversations/{conversation}/transcript", params=query)).json()["turns"][1]
    start = shown["text"].index("остали уже")
    place = {"turn": 2, "span": {"start": start, "end": start + len("остали уж")}, "text": "остали уж"}
    path = f"/v1/conversations/{conversation}/findings"
    added = await door.ours.post(path, params=query, json={"error_class": "interrupting", "places": [place]})
    assert added.status_code == 201, added.text
    assert added.json()["quotes"][0]["text"] == "Достали уже"
    assert (added.json()["source"], added.json()["participant"]) == ("person", "agent")
    assert added.json()["comment"], "the class's own words"
    (quote,) = (await report_of(door, conversation, unmasked="true"))["evaluation"]["findings"][1]["quotes"]
    assert (quote["text"], quote["span"]["start"]) == ("Достали уже", PHONE.index("Достали"))
    (quote,) = (await report_of(door, conversation))["evaluation"]["findings"][1]["quotes"]
    assert (quote["text"], quote["span"]["start"]) == ("Достали уже", _masked_at(await masked(door, conversation)))
    again = await door.ours.post(path, params=query, json={"error_class": "interrupting", "places": [place]})
    assert (again.status_code, again.json()["code"]) == (409, "finding_exists")
    assert added.json()["id"] in again.json()["detail"]


async def masked(door: Door, conversation: str) -> str:
    turns = (await door.ours.get(f"/v1/conversations/{conversation}/transcript")).json()["turns"]
    return str(turns[1]["text"])


def _masked_at(text: str) -> int:
    assert "345-67-89" not in text
    return text.index("Достали")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"error_class": "no_such"}, "no error class"),
        ({"places": [{"turn": 9, "span": {"start": 0, "end": 1}}]}, "no turn 9"),
        ({"places": [{"turn": 1, "span": {"start": 7, "end": 8}}]}, "no words"),
        ({"places": [{"turn": 1, "span": {"start": 0, "end": 99}}]}, "no words"),
        ({"places": [{"turn": 1, "span": {"start": 0, "end": 7}, "text": "Почём?"}]}, "something else"),
        ({"places": []}, "places"),
        ({"participant": "nobody"}, "nobody of the transcript"),
    ],
)
async def test_what_does_not_fit_is_refused(
    door: Door, chat: tuple[str, str], change: dict[str, Any], told: str
) -> None:
    body = {"error_class": "interrupting", "places": [{"turn": 1, "span": {"start": 0, "end": 7}}]} | change
    refused = await door.ours.post(f"/v1/conversations/{chat[0]}/findings", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")
    assert told in refused.text


async def test_a_grade_that_contradicts_its_verdict_is_refused(door: Door, chat: tuple[str, str]) -> None:
    (finding,) = (await report_of(door, chat[0]))["evaluation"]["findings"]
    for verdict, grade in (("accept", 0), ("reject", 2), ("reject", 1)):
        assert (await judge(door, chat[0], finding["id"], verdict=verdict, grade=grade)).status_code == 422
    assert (await judge(door, chat[0], "no-such", verdict="accept")).status_code == 404


async def test_who_may_not_label_only_reads(door: Door, chat: tuple[str, str]) -> None:
    (finding,) = (await report_of(door, chat[0]))["evaluation"]["findings"]
    path = f"/v1/conversations/{chat[0]}/findings/{finding['id']}/labels"
    async with await door.client("ours", Scope.READ) as reader:
        assert (await reader.get(path)).status_code == 200
        assert (await reader.post(path, json=REJECTED)).status_code == 403
        assert (await reader.post(f"/v1/conversations/{chat[0]}/findings", json={})).status_code == 403


async def test_the_checklist_to_choose_from(door: Door) -> None:
    found = (await door.ours.get("/v1/error-classes")).json()["items"]
    assert len({one["id"] for one in found}) == len(found) >= 80
    (rude,) = [one for one in found if one["id"] == "rudeness"]
    assert (rude["title"]["ru"], rude["category_title"]["en"], rude["fatal"]) == ("Грубость", "Politeness", True)
    categories = [one["category"] for one in found]
    assert len(dict.fromkeys(categories)) == 12
    assert categories == sorted(categories, key=list(dict.fromkeys(categories)).index), "category by category"
