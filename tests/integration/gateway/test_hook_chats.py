"""Chats and tickets of helpdesks, by webhook and by export: each agent with own turns, bots apart from people, private notes left out."""

import base64
import hmac
import json
import time
from datetime import UTC, datetime
from typing import Any

import httpx
from auricle_contracts import Role, Transcript
from auricle_records import results
from integration.gateway.conftest import Door
from integration.gateway.hooks_posted import a_hook, conversation, ended, post, said
from sqlalchemy import text

SECRET = "helpdesk-secret"
JSON = {"Content-Type": "application/json"}


def digest(content: bytes, algorithm: str = "sha256") -> bytes:
    return hmac.new(SECRET.encode(), content, algorithm).digest()


def chatwoot(body: bytes) -> dict[str, str]:
    told = str(int(time.time()))
    signature = "sha256=" + digest(told.encode() + b"." + body).hex()
    return JSON | {"X-Chatwoot-Timestamp": told, "X-Chatwoot-Signature": signature}


def zendesk(body: bytes) -> dict[str, str]:
    told = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    signature = base64.b64encode(digest(told.encode() + body)).decode()
    return JSON | {"X-Zendesk-Webhook-Signature-Timestamp": told, "X-Zendesk-Webhook-Signature": signature}


def intercom(body: bytes) -> dict[str, str]:
    return JSON | {"X-Hub-Signature": "sha1=" + digest(body, "sha1").hex()}


async def post_all(hook: dict[str, Any], name: str, signed: Any) -> list[httpx.Response]:
    """Each event of a file as a post of its own, as the vendor sends them."""
    bodies = [json.dumps(one, ensure_ascii=False).encode() for one in json.loads(said(name))]
    responses = [await post(hook, body, **signed(body)) for body in bodies]
    assert {one.status_code for one in responses} == {202}, [one.text for one in responses]
    return responses


async def turns(door: Door, event: dict[str, Any]) -> list[tuple[Role, str, str]]:
    transcript: Transcript = await results.load_transcript(door.db, door.parts.store, "ours", event["conversation_id"])
    return [(turn.role, turn.participant, " ".join(turn.text.split())) for turn in transcript.turns]


async def test_chatwoot_messages_become_a_chat_when_it_is_resolved(door: Door) -> None:
    hook = await a_hook(door, "chatwoot", secret=SECRET)
    sent = await post_all(hook, "chatwoot-events.json", chatwoot)
    assert [len(one.json()["events"]) for one in sent] == [1, 1, 1, 0, 1, 0, 1], "no private note, no other event"
    events = await ended(door, hook, 5)
    chat = await conversation(door, events[-1])
    assert {one["conversation_id"] for one in events} == {chat["id"]}
    assert (chat["channel"], chat["source"], chat["external_id"], chat["line"]) == ("chat", "chatwoot", "13098", "Сайт")
    assert chat["metadata"]["assignee"] == "Олег"
    assert await turns(door, events[0]) == [
        (Role.BOT, "bot", "Здравствуйте! Чем помочь?"),
        (Role.CUSTOMER, "customer", "Сколько стоит доставка?"),
        (Role.AGENT, "agent", "Триста рублей."),
        (Role.AGENT, "agent-2", "Я Олег, привезём сегодня бесплатно."),
    ]
    assert [(one["name"], one["reference"]) for one in chat["participants"] if one["role"] == "agent"] == [
        ("Анна", "7"), ("Олег", "9"),
    ]  # fmt: skip


async def test_a_chat_that_goes_on_is_a_new_revision(door: Door) -> None:
    hook = await a_hook(door, "chatwoot", secret=SECRET)
    told = said("chatwoot-events.json").replace(b"13098", b"13099")
    opened = json.loads(told)
    for one in (opened[1], opened[6]):
        body = json.dumps(one).encode()
        await post(hook, body, **chatwoot(body))
    first = await ended(door, hook, 2)
    later = opened[2] | {"id": 99001}
    again = opened[6] | {"timestamp": opened[6]["timestamp"] + 600}
    for one in (later, again):
        body = json.dumps(one).encode()
        await post(hook, body, **chatwoot(body))
    second = await ended(door, hook, 4)
    chat = await conversation(door, second[-1])
    assert (chat["id"], chat["revision"]) == (first[0]["conversation_id"], 2)
    assert [role for role, _, _ in await turns(door, second[-1])] == [Role.CUSTOMER, Role.AGENT]


async def test_a_quiet_chat_is_taken_without_being_closed(door: Door) -> None:
    hook = await a_hook(door, "chatwoot", secret=SECRET)
    one = json.loads(said("chatwoot-events.json").replace(b"13098", b"13100"))[1]
    body = json.dumps(one).encode()
    (event,) = (await post(hook, body, **chatwoot(body))).json()["events"]
    wait_s = (datetime.fromisoformat(event["next_at"]) - datetime.fromisoformat(event["created_at"])).total_seconds()
    assert (event["state"], round(wait_s)) == ("pending", 1800)
    async with door.db.transaction("ours") as connection:
        earlier = "UPDATE hook_events SET next_at = now(), created_at = now() - interval '31 minutes' WHERE id = :event"
        await connection.execute(text(earlier), {"event": event["id"]})
    assert (await ended(door, hook, 1))[0]["state"] == "done"


async def test_chatwoot_export_is_one_post(door: Door) -> None:
    hook = await a_hook(door, "chatwoot", secret=SECRET)
    sent = await post(
        hook, said("chatwoot-export.json"), "?conversation_id=42", Authorization=f"Bearer {SECRET}", **JSON
    )
    assert sent.status_code == 202, sent.text
    (event,) = await ended(door, hook, 1)
    assert await turns(door, event) == [
        (Role.CUSTOMER, "customer", "Где мой заказ?"),
        (Role.BOT, "bot", "Робот: номер заказа?"),
        (Role.AGENT, "agent", "Заказ в пути, будет завтра."),
    ]
    assert (await conversation(door, event))["started_at"] == "2026-11-29T10:15:00Z"


async def test_zendesk_events_become_a_ticket_when_it_is_solved(door: Door) -> None:
    hook = await a_hook(door, "zendesk", secret=SECRET)
    await post_all(hook, "zendesk-events.json", zendesk)
    events = await ended(door, hook, 3)
    ticket = await conversation(door, events[-1])
    assert (ticket["channel"], ticket["external_id"], ticket["metadata"]["status"]) == ("email", "5158", "SOLVED")
    assert await turns(door, events[-1]) == [
        (Role.CUSTOMER, "customer", "Мне не пришёл чек."),
        (Role.AGENT, "agent", "Чек отправлен на вашу почту."),
    ]


async def test_zendesk_export_has_agents_of_their_own_and_grows(door: Door) -> None:
    hook = await a_hook(door, "zendesk", secret=SECRET)
    bearer = {"Authorization": f"Bearer {SECRET}"}
    whole = json.loads(said("zendesk-export.json"))
    early = whole | {"comments": whole["comments"][:3]}
    for number, export in enumerate((early, whole), 1):
        await post(hook, json.dumps(export).encode(), **JSON, **bearer)
        await ended(door, hook, number)
    event = (await ended(door, hook, 2))[-1]
    ticket = await conversation(door, event)
    assert (ticket["channel"], ticket["revision"], ticket["metadata"]["satisfaction"]) == ("chat", 2, "good")
    assert await turns(door, event) == [
        (Role.CUSTOMER, "customer", "Хочу вернуть товар"),
        (Role.BOT, "bot", "Я робот, переключаю."),
        (Role.AGENT, "agent", "Оформила возврат, деньги придут за три дня."),
        (Role.AGENT, "agent-2", "Деньги отправлены."),
    ]


async def test_intercom_parts_are_told_once_each(door: Door) -> None:
    hook = await a_hook(door, "intercom", secret=SECRET)
    async with httpx.AsyncClient() as vendor:
        assert (await vendor.head(hook["url"])).status_code == 200, "Intercom looks before it posts"
    await post_all(hook, "intercom-events.json", intercom)
    events = await ended(door, hook, 3)
    chat = await conversation(door, events[-1])
    assert (chat["external_id"], chat["metadata"]["title"], chat["metadata"]["tags"]) == ("1295", "Вход", '["вход"]')
    assert await turns(door, events[-1]) == [
        (Role.CUSTOMER, "customer", "Не могу войти"),
        (Role.BOT, "bot", "Я Fin, попробуйте сбросить пароль."),
        (Role.AGENT, "agent", "Сбросила вам пароль."),
    ]


async def test_a_changed_body_is_not_the_vendors(door: Door) -> None:
    for name, signed in (("chatwoot", chatwoot), ("zendesk", zendesk), ("intercom", intercom)):
        hook = await a_hook(door, name, secret=SECRET)
        body = json.dumps(json.loads(said(f"{name}-events.json"))[0]).encode()
        refused = await post(hook, body + b" ", **signed(body))
        assert (refused.status_code, refused.json()["code"]) == (401, "signature_invalid")


async def test_content_of_a_chat_goes_with_it(door: Door) -> None:
    hook = await a_hook(door, "intercom", secret=SECRET)
    await post_all(hook, "intercom-events.json", lambda _: JSON | {"Authorization": f"Bearer {SECRET}"})
    event = (await ended(door, hook, 3))[-1]
    assert (await door.ours.delete(f"/v1/conversations/{event['conversation_id']}")).status_code == 204
    assert (await door.ours.get(f"/v1/hooks/{hook['id']}/events")).json()["items"] == []
