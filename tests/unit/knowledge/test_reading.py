"""Documents become passages: every format, what stands in it, and what is refused."""

import pytest
from auricle_contracts import Code
from auricle_contracts.knowledge import Passage
from auricle_knowledge import passages
from auricle_knowledge.documents import Block, Document, Unreadable
from auricle_knowledge.errors import DocumentUnreadable
from auricle_knowledge.reading import read
from unit.knowledge.pdf_files import pdf, shut

MARKDOWN = """---
title: "Возврат товара"
---
# Возврат

Срок возврата — **14 дней** с покупки,
кроме [книг](https://example.com).

Нужны документы:

- чек;
- паспорт
  - или его копия

## Исключения

| товар | срок |
|---|---|
| обувь | 30 дней |

<script>alert(1)</script>
"""
HTML = """<!doctype html><html><head><title>Delivery &amp; payment</title><style>p{}</style></head><body>
<nav>Home / Delivery</nav><h1>Delivery</h1><div><p>Orders over&nbsp;$50 ship free.</p><p>Others cost $5.</div>
<h2>Times</h2><p>Two days<br>in town.<h2>Payment</h2>By card<ol><li><p>online</p></li><li>to the courier</ol></body></html>"""
PAGE = [
    "Памятка оператора",
    "Возврат денег идёт на карту до десяти рабочих дней, если банк клиен-",
    "та не задержал его дольше.",
    "Срок не обещаем.",
    "- проверьте чек",
    "- проверьте паспорт",
    "1",
]


async def words(body: bytes, media_type: str, **given: str) -> tuple[str | None, list[tuple[tuple[str, ...], str]]]:
    title, found = await read(body, media_type, **given)
    return title, [(one.headings, one.text) for one in found]


async def test_markdown_is_read_as_its_page_shows_it() -> None:
    assert await words(MARKDOWN.encode(), "text/markdown") == (
        "Возврат товара",
        [
            (("Возврат",), "Срок возврата — 14 дней с покупки, кроме книг."),
            (("Возврат",), "Нужны документы:\n- чек;\n- паспорт\n  - или его копия"),
            (("Возврат", "Исключения"), "товар | срок\nобувь | 30 дней"),
        ],
    )


async def test_html_is_read_as_a_browser_shows_it() -> None:
    assert await words(HTML.encode(), "text/html") == (
        "Delivery & payment",
        [
            (("Delivery",), "Orders over $50 ship free."),
            (("Delivery",), "Others cost $5."),
            (("Delivery", "Times"), "Two days\nin town."),
            (("Delivery", "Payment"), "By card"),
            (("Delivery", "Payment"), "- online\n- to the courier"),
        ],
    )


async def test_plain_text_is_cut_at_empty_lines() -> None:
    title, found = await words("Скидки\n\nПо карте 5%.\nПо купону 10%.\n\n\nНе складываются.".encode(), "text/plain")
    assert (title, found) == (
        "Скидки",
        [(("Скидки",), "По карте 5%.\nПо купону 10%."), (("Скидки",), "Не складываются.")],
    )


async def test_a_pdf_is_put_together_from_its_lines() -> None:
    pages = [PAGE, ["Памятка оператора", "Звонок не бросаем.", "2"], ["Памятка оператора", "Прощаемся всегда.", "3"]]
    _, found = await read(pdf(pages), "application/pdf")
    assert [(one.page, one.text) for one in found] == [
        (1, "Возврат денег идёт на карту до десяти рабочих дней, если банк клиента не задержал его дольше."),
        (1, "Срок не обещаем."),
        (1, "- проверьте чек"),
        (1, "- проверьте паспорт"),
        (2, "Звонок не бросаем."),
        (3, "Прощаемся всегда."),
    ]


async def test_a_pdf_that_only_forbids_printing_is_read() -> None:
    _, found = await read(shut(pdf([["Returns take ten days."]]), ""), "application/pdf")
    assert [one.text for one in found] == ["Returns take ten days."]


@pytest.mark.parametrize(
    ("body", "media_type", "code"),
    [
        (shut(pdf([["Secret"]]), "password"), "application/pdf", Code.DOCUMENT_ENCRYPTED),
        (pdf([[]]), "application/pdf", Code.DOCUMENT_WITHOUT_TEXT),
        (pdf([["Text"]])[:150], "application/pdf", Code.DOCUMENT_BROKEN),
        (b"GIF89a", "application/pdf", Code.DOCUMENT_BROKEN),
        ("Возврат".encode("cp1251"), "text/plain", Code.DOCUMENT_BROKEN),
        (b"<p> </p><script>words</script>", "text/html", Code.DOCUMENT_WITHOUT_TEXT),
        (b"a\n\n" * 2500, "text/plain", Code.DOCUMENT_TOO_LONG),
        (pdf([[f"{n}a"] for n in range(501)]), "application/pdf", Code.DOCUMENT_TOO_LONG),
    ],
)
async def test_what_cannot_be_an_article_says_why_and_what_to_do(body: bytes, media_type: str, code: Code) -> None:
    with pytest.raises(DocumentUnreadable) as refused:
        await read(body, media_type)
    assert refused.value.code is code
    assert refused.value.action


@pytest.mark.parametrize(
    ("body", "given"),
    [
        ("<p>Возврат".encode("cp1251"), {"charset": "windows-1251"}),
        ('<meta charset="windows-1251"><p>Возврат'.encode("cp1251"), {}),
        ("\ufeff<p>Возврат".encode(), {"charset": "windows-1251"}),
        ("\ufeff<p>Возврат".encode("utf-16-le"), {}),
    ],
)
async def test_other_charsets_are_read_where_they_are_named(body: bytes, given: dict[str, str]) -> None:
    assert (await words(body, "text/html", **given))[1] == [((), "Возврат")]


async def test_hostile_markup_ends() -> None:
    """Deeply nested, unclosed, full of controls: words remain, in passages of bounded size."""
    _, found = await read(b"<ul><li>" * 20_000 + b"deep\x00\x02er", "text/html")
    assert "".join(one.text for one in found).endswith("deeper")
    assert max(len(one.text) for one in found) <= passages.MAX_PASSAGE_CHARS


def test_a_long_paragraph_is_cut_where_sentences_end() -> None:
    sentence = "Клиенту говорим, что возврат занимает до десяти рабочих дней. "
    whole = (sentence * 60).strip()
    found = passages.cut(Document(None, (Block(whole, ("Возврат",), 7),)))
    assert " ".join(one.text for one in found) == whole
    assert all(one.text.endswith(".") and len(one.text) <= passages.MAX_PASSAGE_CHARS for one in found)
    assert {(one.headings, one.page) for one in found} == {(("Возврат",), 7)}


def test_a_text_without_spaces_is_cut_too() -> None:
    found = passages.cut(Document(None, (Block("я" * 5000),)))
    assert "".join(one.text for one in found) == "я" * 5000


def test_nothing_is_no_article() -> None:
    with pytest.raises(Unreadable):
        passages.cut(Document("Title", ()))


def test_a_passage_is_a_value() -> None:
    assert Passage(id="p1", text="a") == Passage(id="p1", text="a", headings=(), page=None)
