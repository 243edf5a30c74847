"""Mail of a box through the real door: threads as conversations that grow, recordings in letters as calls, over mbox and IMAP."""

import asyncio
import mailbox
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from auricle_cli import app
from auricle_cli.errors import CliError, NotAllSubmitted
from auricle_cli.mail import commands, letters, threads
from auricle_contracts import Role
from auricle_records import results
from integration.gateway.conftest import Door
from integration.gateway.posted import fresh, wav


def a_letter(
    number: str, sender: str, text: str, *, minute: int, answers: Sequence[str] = (), sound: bytes = b""
) -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"] = sender, "shop@shop.example"
    letter["Subject"], letter["Message-ID"] = "Заказ", f"<{number}@mail.example>"
    letter["Date"] = f"Sun, 29 Nov 2026 10:{minute:02d}:00 +0000"
    if answers:
        letter["In-Reply-To"] = f"<{answers[-1]}@mail.example>"
        letter["References"] = " ".join(f"<{one}@mail.example>" for one in answers)
    letter.set_content(text)
    if sound:
        letter.add_attachment(sound, maintype="audio", subtype="wav", filename="звонок.wav")
    return letter


def a_thread() -> list[EmailMessage]:
    """A customer, two agents; the third letter names the first only by References."""
    return [
        a_letter("one", "Лидия <lidia@mail.example>", "Где мой заказ?", minute=1),
        a_letter("two", "Анна <anna@shop.example>", "Выясняю.", minute=2, answers=["one"]),
        a_letter("three", "Олег <oleg@shop.example>", "Заказ у курьера.", minute=9, answers=["one", "two"]),
    ]


async def listed(door: Door, source: str) -> dict[str, dict[str, Any]]:
    items = (await door.ours.get("/v1/conversations", params={"source": source})).json()["items"]
    return {item["external_id"]: item for item in items}


async def said(door: Door, conversation: dict[str, Any]) -> list[tuple[Role, str, str]]:
    transcript = await results.load_transcript(door.db, door.parts.store, "ours", conversation["id"])
    return [(turn.role, turn.participant, turn.text.strip()) for turn in transcript.turns]


def key_of(door: Door) -> str:
    return str(door.ours.headers["Authorization"]).removeprefix("Bearer ")


async def read_box(door: Door, path: Path, source: str, written: Sequence[EmailMessage]) -> None:
    with closing(mailbox.mbox(path)) as box:
        for letter in written:
            box.add(letter.as_bytes())
    await asyncio.to_thread(commands.read_mbox, path, ["shop.example"], source, door.url, key_of(door))


async def test_a_thread_is_one_conversation_and_each_agent_has_own_turns(door: Door, tmp_path: Path) -> None:
    source, lone = fresh(), a_letter("lone", "ivan@mail.example", "Спасибо", minute=3)
    await read_box(door, tmp_path / "box.mbox", source, [lone, *reversed(a_thread())])
    found = await listed(door, source)
    assert set(found) == {"one@mail.example", "lone@mail.example"}
    thread = found["one@mail.example"]
    assert (thread["channel"], thread["started_at"], thread["metadata"]["letters"]) == (
        "email",
        "2026-11-29T10:01:00Z",
        3,
    )
    assert await said(door, thread) == [
        (Role.CUSTOMER, "customer", "Где мой заказ?"),
        (Role.AGENT, "agent", "Выясняю."),
        (Role.AGENT, "agent-2", "Заказ у курьера."),
    ]


async def test_a_thread_that_grew_is_a_revision_and_a_part_of_it_takes_nothing_away(door: Door, tmp_path: Path) -> None:
    source, (one, two, three) = fresh(), a_thread()
    await read_box(door, tmp_path / "first.mbox", source, [one, two])
    await read_box(door, tmp_path / "whole.mbox", source, [one, two, three])
    await read_box(door, tmp_path / "again.mbox", source, [one, two, three])
    await read_box(door, tmp_path / "late.mbox", source, [three])
    (thread,) = (await listed(door, source)).values()
    assert (thread["revision"], len(await said(door, thread))) == (2, 3)


async def test_a_recording_in_a_letter_is_a_call(door: Door, tmp_path: Path) -> None:
    source = fresh()
    letter = a_letter("voice", "pbx@shop.example", "Запись во вложении", minute=1, sound=wav())
    for name in ("first.mbox", "again.mbox"):
        await read_box(door, tmp_path / name, source, [letter])
    found = await listed(door, source)
    assert set(found) == {"voice@mail.example", "voice@mail.example/0"}
    call = found["voice@mail.example/0"]
    assert (call["channel"], call["metadata"]["file"]) == ("call", "звонок.wav")
    assert call["recording"]["media_type"] in {"audio/wav", "audio/x-wav"}


async def test_a_bad_letter_stops_no_other_and_is_told(
    door: Door, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, nobody = fresh(), EmailMessage()
    nobody.set_content("ни от кого")
    empty = a_letter("empty", "a@mail.example", "x", minute=1)
    await read_box(door, tmp_path / "box.mbox", source, [nobody, empty])
    assert set(await listed(door, source)) == {"empty@mail.example"}
    assert "not read: letter 1" in capsys.readouterr().out


def test_a_missing_letter_parts_no_thread() -> None:
    one, _, three = (letters.read(letter.as_bytes()) for letter in a_thread())
    (thread,) = threads.threads([three, one])
    assert [letter.id for letter in thread] == ["one@mail.example", "three@mail.example"]
    assert threads.identity([three]) == "one@mail.example", "it stays when the first letter is not there"


@asynccontextmanager
async def imap(boxes: dict[str, list[bytes]]) -> AsyncIterator[str]:
    """The few commands of IMAP4rev1 (RFC 3501) that a reader needs; one user, `ann` with `pass word`."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        chosen: list[bytes] = []
        while line := (await reader.readline()).decode().strip():
            tag, _, command = line.partition(" ")
            ended = "OK done"
            if command.startswith("CAPABILITY"):
                writer.write(b"* CAPABILITY IMAP4rev1\r\n")
            elif command.startswith("LOGIN"):
                ended = "OK in" if command == 'LOGIN ann "pass word"' else "NO wrong"
            elif found := re.match(r'EXAMINE "(.+)"', command):
                chosen = boxes.get(found[1], [])
                ended = "OK [READ-ONLY]" if found[1] in boxes else "NO such box"
                writer.write(f"* {len(chosen)} EXISTS\r\n".encode())
            elif command.startswith("UID SEARCH SINCE"):
                writer.write(("* SEARCH " + " ".join(str(one + 1) for one in range(len(chosen))) + "\r\n").encode())
            elif found := re.match(r"UID FETCH (\d+) \(BODY\.PEEK\[\]\)", command):
                body = chosen[int(found[1]) - 1]
                writer.write(
                    f"* {found[1]} FETCH (UID {found[1]} BODY[] {{{len(body)}}}\r\n".encode() + body + b")\r\n"
                )
            elif command.startswith("LOGOUT"):
                writer.write(b"* BYE\r\n")
            writer.write(f"{tag} {ended}\r\n".encode())
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


async def poll(door: Door, host: str, source: str, *boxes: str, password: str = "pass word") -> None:
    await asyncio.to_thread(
        commands.poll_imap, host, "ann", password, list(boxes), 30, 1.0, True, True, ["shop.example"], source, door.url, key_of(door)
    )  # fmt: skip


async def test_imap_puts_received_and_sent_letters_together(door: Door) -> None:
    source, (one, two, three) = fresh(), [letter.as_bytes() for letter in a_thread()]
    boxes = {"INBOX": [one], "Sent": [two]}
    async with imap(boxes) as host:
        await poll(door, host, source, "INBOX", "Sent")
        boxes["Sent"].append(three)
        await poll(door, host, source, "INBOX", "Sent")
        await poll(door, host, source, "INBOX", "Sent")
        (thread,) = (await listed(door, source)).values()
        assert (thread["revision"], [role for role, _, _ in await said(door, thread)]) == (
            2, [Role.CUSTOMER, Role.AGENT, Role.AGENT],
        )  # fmt: skip
        for wrong in ({"password": "guess"},):
            with pytest.raises(CliError, match="does not answer"):
                await poll(door, host, source, "INBOX", **wrong)
        with pytest.raises(CliError, match="no box Archive"):
            await poll(door, host, source, "Archive")


async def test_what_the_gateway_refuses_is_counted(door: Door, tmp_path: Path) -> None:
    late = a_letter("late", "a@mail.example", "из будущего", minute=1)
    late.replace_header("Date", "Sun, 29 Nov 2399 10:00:00 +0000")
    with pytest.raises(NotAllSubmitted):
        await read_box(door, tmp_path / "box.mbox", fresh(), [late])


async def test_submit_takes_a_box_beside_other_files(door: Door, tmp_path: Path) -> None:
    letter = a_letter(fresh(), "a@mail.example", "Добрый день", minute=1)
    with closing(mailbox.mbox(tmp_path / "Box.MBOX")) as box:
        box.add(letter.as_bytes())
    await asyncio.to_thread(app.submit, [tmp_path / "Box.MBOX"], door.url, key_of(door), False, False)
    assert str(letter["Message-ID"]).strip("<>") in await listed(door, "mail")
