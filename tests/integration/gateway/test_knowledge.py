"""Articles through the door: documents in, versions, search, and who may."""

import asyncio
from pathlib import PurePath
from typing import Any

import httpx
import pytest
from auricle_contracts import Scope
from auricle_gateway.intake.storage_quota import StorageQuota
from auricle_records import workspaces
from auricle_records.errors import QuotaExceeded
from integration.gateway.conftest import Door
from unit.knowledge.pdf_files import pdf, shut

RETURNS = """# Возврат товара

Вернуть товар можно в течение четырнадцати дней, нужен чек.

Деньги возвращаются на карту до десяти рабочих дней.

## Обувь

Обувь меняем тридцать дней, в том числе ношеную с браком.
"""
ARTICLES, SEARCH = "/v1/knowledge/articles", "/v1/knowledge/search"
MARKDOWN = "text/markdown"


async def post(client: httpx.AsyncClient, reference: str, body: bytes | str, kind: str = MARKDOWN, **said: str) -> Any:
    return await client.post(
        ARTICLES, params={"reference": reference} | said, content=body, headers={"Content-Type": kind}
    )


async def article(client: httpx.AsyncClient, reference: str, body: str = RETURNS, **said: str) -> dict[str, Any]:
    made = await post(client, reference, body, **said)
    assert made.status_code == 201, made.text
    view: dict[str, Any] = made.json()
    return view


async def found(client: httpx.AsyncClient, q: str, **given: str) -> list[tuple[str, str]]:
    reply = await client.get(SEARCH, params={"q": q} | given)
    assert reply.status_code == 200, reply.text
    return [(one["reference"], one["passage"]["id"]) for one in reply.json()["items"]]


async def test_an_article_is_added_listed_and_read(door: Door) -> None:
    view = await article(door.ours, "returns", language="rus", file_name="returns.md")
    assert (view["title"], view["language"], view["version"], view["passages"]) == ("Возврат товара", "ru", 1, 3)
    listed = (await door.ours.get(ARTICLES, params={"search": "ВОЗВР", "state": "active"})).json()["items"]
    assert [one["id"] for one in listed] == [view["id"]]
    text = (await door.ours.get(f"{ARTICLES}/{view['id']}")).json()
    assert [(one["id"], one["headings"][-1]) for one in text["passages"]] == [
        ("p1", "Возврат товара"),
        ("p2", "Возврат товара"),
        ("p3", "Обувь"),
    ]
    assert (text["version"]["file_name"], text["version"]["author_kind"]) == ("returns.md", "api_key")


async def test_lists_are_paged(door: Door) -> None:
    for number in range(5):
        await article(door.ours, f"paged-{number}", language="de")
    seen: list[str] = []
    query: dict[str, Any] = {"language": "de", "limit": 2}
    while True:
        page = (await door.ours.get(ARTICLES, params=query)).json()
        seen += [one["reference"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == [f"paged-{number}" for number in range(5)]


async def test_a_new_version_keeps_the_ids_of_what_did_not_change(door: Door) -> None:
    view = await article(door.ours, "versioned")
    versions = f"{ARTICLES}/{view['id']}/versions"
    changed = RETURNS.replace("четырнадцати", "тридцати").replace("## Обувь", "Без чека — по выписке.\n\n## Обувь")
    headers = {"Content-Type": MARKDOWN}
    same = await door.ours.post(versions, content=RETURNS, headers=headers)
    assert (same.status_code, same.json()["version"]) == (200, 1)
    made = await door.ours.post(versions, content=changed, headers=headers, params={"note": "Срок длиннее"})
    assert (made.status_code, made.json()["version"]) == (201, 2)
    now = (await door.ours.get(f"{ARTICLES}/{view['id']}")).json()["passages"]
    assert [one["id"] for one in now] == ["p1", "p2", "p4", "p3"]
    before = (await door.ours.get(f"{ARTICLES}/{view['id']}", params={"version": 1})).json()["passages"]
    assert "четырнадцати" in before[0]["text"]
    listed = (await door.ours.get(versions)).json()["items"]
    assert [(one["version"], one["note"]) for one in listed] == [(2, "Срок длиннее"), (1, None)]
    assert await found(door.ours, "четырнадцать", article="versioned") == []
    assert (await door.ours.get(f"{ARTICLES}/{view['id']}", params={"version": 9})).status_code == 404


async def test_versions_sent_at_once_do_not_lose_each_other(door: Door) -> None:
    view = await article(door.ours, "raced")
    sent = [
        door.ours.post(
            f"{ARTICLES}/{view['id']}/versions",
            content=f"{RETURNS}\n\nДобавлено: {n}.",
            headers={"Content-Type": MARKDOWN},
        )
        for n in range(4)
    ]
    replies = await asyncio.gather(*sent)
    made = [one for one in replies if one.status_code == 201]
    refused = [one for one in replies if one.status_code == 409]
    assert made
    assert len(made) + len(refused) == 4
    assert {one.json()["code"] for one in refused} <= {"revision_conflict"}
    now = (await door.ours.get(f"{ARTICLES}/{view['id']}")).json()
    assert now["article"]["version"] == 1 + len(made)


@pytest.mark.parametrize(
    ("q", "passages"),
    [
        ("обувь с браком", ["p3"]),
        ("ношеная обувь", ["p3"]),
        ("деньги на карту", ["p2"]),
        ('"нужен чек"', ["p1"]),
        ("товар -карта", ["p1", "p3"]),
        ("чек крокодил", ["p1"]),
        ('"чек нужен"', []),
        ("чек крокодил -карта", []),
        ("крокодил", []),
        ("", []),
        ("' & | ! ( ) : * \\ <->", []),
    ],
)
async def test_search_finds_words_in_any_form(door: Door, q: str, passages: list[str]) -> None:
    if not (await door.ours.get(ARTICLES, params={"reference": "searched"})).json()["items"]:
        await article(door.ours, "searched")
    got = await found(door.ours, q, article="searched")
    assert sorted(passage for _, passage in got) == passages


async def test_search_marks_what_matched_in_both_languages(door: Door) -> None:
    await article(door.ours, "delivery", "# Delivery\n\nЗаказы over $50 are shipped free; ёлки и всё прочее — дороже.")
    for q, words in (("ship order", ["shipped"]), ("елка", ["ёлки"]), ("ЁЛКА", ["ёлки"]), ("доставка дорогая", [])):
        reply = (await door.ours.get(SEARCH, params={"q": q, "article": "delivery"})).json()
        marked = [one["passage"]["text"][start:end] for one in reply["items"] for start, end in one["marks"]]
        assert marked == words, q


async def test_a_retired_article_is_not_searched(door: Door) -> None:
    view = await article(door.ours, "old-rules", "Старое правило: страусов не обслуживаем.")
    path = f"{ARTICLES}/{view['id']}"
    assert await found(door.ours, "страус") == [("old-rules", "p1")]
    assert (await door.ours.patch(path, json={"state": "retired"})).json()["state"] == "retired"
    assert await found(door.ours, "страус") == []
    assert (await door.ours.get(path)).status_code == 200
    await door.ours.patch(path, json={"state": "active", "language": "ru"})
    assert await found(door.ours, "страус", language="ru") == [("old-rules", "p1")]
    assert await found(door.ours, "страус", language="en") == []
    assert (await door.ours.delete(path)).status_code == 204
    assert (await door.ours.get(path)).status_code == 404


@pytest.mark.parametrize("body", [{}, {"state": None}, {"state": "gone"}, {"title": "x"}])
async def test_a_wrong_change_is_refused(door: Door, body: dict[str, object]) -> None:
    listed = (await door.ours.get(ARTICLES)).json()["items"] or [await article(door.ours, "unchanged")]
    assert (await door.ours.patch(f"{ARTICLES}/{listed[0]['id']}", json=body)).status_code == 422


@pytest.mark.parametrize(
    ("reference", "body", "kind", "status", "code"),
    [
        ("a", b"", MARKDOWN, 422, "body_missing"),
        ("a", b"x", "application/msword", 415, "unsupported_media_type"),
        ("a", b"x", "application/json", 415, "unsupported_media_type"),
        ("Wrong Name", b"x", MARKDOWN, 422, "invalid_request"),
        ("a", b"x" * (10 * 1024 * 1024 + 1), "text/plain", 413, "body_too_large"),
        ("a", shut(pdf([["Secret"]]), "password"), "application/pdf", 422, "document_encrypted"),
        ("a", pdf([[]]), "application/pdf", 422, "document_without_text"),
        ("a", b"%PDF-1.4 and no more", "application/pdf", 422, "document_broken"),
        ("a", "Возврат".encode("cp1251"), "text/plain", 422, "document_broken"),
    ],
)
async def test_what_is_no_article_says_why(
    door: Door, reference: str, body: bytes, kind: str, status: int, code: str
) -> None:
    refused = await post(door.ours, reference, body, kind)
    assert (refused.status_code, refused.json()["code"]) == (status, code), refused.text
    assert status != 422 or code in ("body_missing", "invalid_request") or refused.json()["action"]


async def test_a_reference_is_one_articles(door: Door) -> None:
    await article(door.ours, "taken")
    refused = await post(door.ours, "taken", "Другое")
    assert (refused.status_code, refused.json()["code"]) == (409, "name_taken")
    assert (await article(door.theirs, "taken"))["version"] == 1


async def test_a_pdf_and_a_page_in_another_charset_become_articles(door: Door) -> None:
    made = await post(door.ours, "memo", pdf([["Прощаемся всегда."]]), "application/pdf", file_name="memo.pdf")
    assert (made.status_code, made.json()["title"]) == (201, PurePath("memo.pdf").stem)
    page = "<title>Скидки</title><p>По карте скидка.".encode("cp1251")
    made = await post(door.ours, "discounts", page, "text/html; charset=windows-1251", title="Скидки и акции")
    assert (made.status_code, made.json()["title"]) == (201, "Скидки и акции")
    assert await found(door.ours, "прощаться") == [("memo", "p1")]


async def test_who_reads_does_not_write(door: Door) -> None:
    view = await article(door.ours, "guarded")
    async with await door.client("ours", Scope.READ) as reader:
        assert (await reader.get(f"{ARTICLES}/{view['id']}")).status_code == 200
        assert (await post(reader, "mine", "x")).status_code == 403
        assert (await reader.delete(f"{ARTICLES}/{view['id']}")).status_code == 403


async def test_what_was_done_is_written_down(door: Door) -> None:
    view = await article(door.ours, "audited")
    await door.ours.patch(f"{ARTICLES}/{view['id']}", json={"state": "retired"})
    await door.ours.delete(f"{ARTICLES}/{view['id']}")
    lines = (await door.ours.get("/v1/audit", params={"search": view["id"]})).json()["items"]
    assert [one["action"] for one in lines] == ["article_removed", "article_changed", "article_added"]


async def test_articles_count_towards_the_quota(door: Door) -> None:
    await workspaces.ensure(door.db, "full")
    async with await door.client("full") as client:
        await article(client, "large")
        assert await workspaces.storage_bytes(door.db, "full") == len(RETURNS.encode())
        with pytest.raises(QuotaExceeded):
            await StorageQuota(door.db, 100).check("full")
