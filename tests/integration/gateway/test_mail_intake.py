"""E-mails as mail programs save them, posted through the door."""

from email.message import EmailMessage
from pathlib import Path

import pytest
from auricle_cli.samples import read
from auricle_contracts import Role, Transcript
from auricle_records import results
from integration.gateway.conftest import Door

MAIL = {"Content-Type": "message/rfc822"}
WORDS = "Здравствуйте, где мой заказ? Обещали во вторник."
TAIL = "\n\n-- \nЛидия\n\n25.11.2026 10:02, Магазин <shop@shop.example> писал(а):\n> Доставка стоит 350 рублей.\n"


def a_mail(text: str = WORDS + TAIL, html: str = "", **headers: str) -> EmailMessage:
    message = EmailMessage()
    told = {
        "From": "Лидия Крылова <lidia@mail.example>",
        "To": "Магазин <shop@shop.example>, second@shop.example",
        "Subject": "Заказ 5512",
        "Message-ID": "<ab12@mail.example>",
        "In-Reply-To": "<zz9@shop.example>",
        "Date": "Wed, 25 Nov 2026 12:15:00 +0300",
    } | headers
    for name, value in told.items():
        if value:
            message[name] = value
    if text:
        message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message


async def posted(door: Door, raw: bytes, query: str = "") -> tuple[dict[str, object], Transcript]:
    response = await door.ours.post(f"/v1/conversations{query}", content=raw, headers=MAIL)
    assert response.status_code == 202, response.text
    view = response.json()
    return view, await results.load_transcript(door.db, door.parts.store, "ours", view["id"])


async def test_its_headers_describe_it_and_its_tail_is_set_apart(door: Door) -> None:
    message = a_mail()
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="чек.pdf")
    view, transcript = await posted(door, message.as_bytes())
    assert (view["channel"], view["external_id"], view["started_at"]) == (
        "email",
        "ab12@mail.example",
        "2026-11-25T09:15:00Z",
    )
    assert view["metadata"] == {
        "subject": "Заказ 5512",
        "message_id": "<ab12@mail.example>",
        "in_reply_to": "<zz9@shop.example>",
        "attachments": "чек.pdf",
    }
    (turn,) = transcript.turns
    assert (turn.role, turn.text) == (Role.CUSTOMER, WORDS)
    assert turn.source is not None
    assert {part.kind for part in turn.source.apart} == {"quoted", "signature"}


async def test_html_alone_is_read_and_an_outbound_mail_is_the_agents(door: Door) -> None:
    message = a_mail("", **{"Message-ID": "<out@shop.example>"})
    message.set_content("<p>Заказ привезём завтра,<br>доставка <b>350&nbsp;рублей</b>.</p>", subtype="html")
    _, transcript = await posted(door, message.as_bytes(), "?direction=outbound&line=mail")
    (turn,) = transcript.turns
    assert turn.role is Role.AGENT
    assert "доставка 350 рублей" in " ".join(turn.text.split())


async def test_old_encodings_are_read(door: Door) -> None:
    message = a_mail("", **{"Message-ID": "<koi@mail.example>"})
    message.set_content(WORDS, charset="koi8-r")
    _, transcript = await posted(door, message.as_bytes())
    assert transcript.turns[0].text.strip() == WORDS


async def test_the_same_mail_twice_is_one_conversation(door: Door) -> None:
    raw = a_mail(**{"Message-ID": "<twice@mail.example>"}).as_bytes()
    headers = MAIL | {"Idempotency-Key": "mail-twice"}
    first, again = [await door.ours.post("/v1/conversations", content=raw, headers=headers) for _ in range(2)]
    assert first.json()["id"] == again.json()["id"]
    other = await door.ours.post("/v1/conversations?line=other", content=raw, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"", 422),
        (b"\x00\xff" * 100, 422),
        (a_mail(From="").as_bytes(), 422),
        (a_mail("   ").as_bytes(), 422),
        (a_mail(Subject="s" * 5000).as_bytes(), 422),
        (b"From: a@b.example\nContent-Type: text/plain; charset=no-such\n\nwords", 422),
        (b"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n" + b"--x\n" * 2000, 422),
        (b"From: a@b.example\nDate: yesterday\nTo: <<>>,,\n\nwords \xff\xfe", 202),
    ],
)
async def test_a_broken_mail_is_told_and_never_a_failure(door: Door, raw: bytes, status: int) -> None:
    response = await door.ours.post("/v1/conversations", content=raw, headers=MAIL)
    assert response.status_code == status, response.text
    if status == 422:
        assert response.json()["code"] in {"invalid_request", "body_missing"}


async def test_a_second_body_beside_it_is_refused(door: Door) -> None:
    beside = MAIL | {"Auricle-Metadata": '{"turns": [{"participant": "agent", "text": "other words"}]}'}
    response = await door.ours.post("/v1/conversations", content=a_mail().as_bytes(), headers=beside)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")


def test_the_command_line_takes_eml_files(tmp_path: Path) -> None:
    file = tmp_path / "Letter.EML"
    file.write_bytes(a_mail().as_bytes())
    submission = read(file)
    assert (submission.about.channel, submission.about.external_id, submission.recording) == ("email", None, file)
