"""`auricle watch-folder` over folders as exchanges write them, through the real door."""

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from auricle_cli import samples
from auricle_cli.errors import CliError, Unreachable
from auricle_cli.folders.sent_files import SentFiles
from auricle_cli.folders.sidecars import CallRecords
from auricle_cli.folders.watcher import STATE, Round, Watched, Watcher
from auricle_cli.gateway import Gateway
from auricle_cli.samples import Skipped, Submission
from integration.gateway.conftest import Door
from integration.gateway.hooks_posted import DATA
from integration.gateway.posted import fresh, wav

MOSCOW = ZoneInfo("Europe/Moscow")


class Exchange:
    """A folder, and a watcher that can be killed: each look is a new one over the same file of what was sent."""

    def __init__(self, folder: Path, door: Door) -> None:
        self.folder = folder
        self.source = fresh()
        self.said: list[str] = []
        self._url, self._key = door.url, door.ours.headers["Authorization"].removeprefix("Bearer ")
        self._door = door

    def records(self, name: str, body: bytes | None = None, *, written_s_ago: float = 60.0) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(wav() if body is None else body)
        then = time.time() - written_s_ago
        os.utime(path, (then, then))
        return path

    def tells(self, name: str, text: str) -> None:
        self.records(name, text.encode())

    async def look(self, *cdr: Path, url: str = "", line: str | None = None) -> Round:
        return await asyncio.to_thread(self._look, cdr, url or self._url, line)

    def _look(self, cdr: tuple[Path, ...], url: str, line: str | None) -> Round:
        watched = Watched(self.folder, self.source, MOSCOW, 5.0, line)
        sent = SentFiles.open(self.folder / STATE)
        try:
            with Gateway(url, self._key) as gateway:
                return Watcher(watched, gateway, sent, CallRecords(cdr, MOSCOW), self.said.append).look()
        finally:
            sent.close()

    async def calls(self) -> dict[str, dict[str, Any]]:
        items = (await self._door.ours.get("/v1/conversations", params={"source": self.source})).json()["items"]
        return {item["external_id"]: item for item in items}


@pytest.fixture
def exchange(tmp_path: Path, door: Door) -> Exchange:
    return Exchange(tmp_path, door)


async def test_asterisk_writes_sound_first_and_its_cdr_later(exchange: Exchange) -> None:
    exchange.records("1795947300.17.wav")
    master = exchange.folder / "Master.csv"
    assert (await exchange.look(master)).sent == 1
    call = (await exchange.calls())["1795947300.17"]
    assert (call["started_at"], call["participants"]) == (None, [])
    master.write_bytes((DATA / "asterisk-master.csv").read_bytes())
    assert (await exchange.look(master)).patched == 1
    call = (await exchange.calls())["1795947300.17"]
    assert call["started_at"] == "2026-11-29T10:15:00Z"
    assert [one["reference"] for one in call["participants"]] == ["79160000003", "3000"]
    assert call["metadata"]["disposition"] == "ANSWERED"
    assert await exchange.look(master) == Round(), "nothing is sent or added twice"


async def test_freepbx_tells_much_in_a_name_and_the_rest_in_its_cdr(exchange: Exchange) -> None:
    name = "2026/11/29/{}-20261129-132000-1795947600.{}.wav"
    exchange.records(name.format("q-500-79160000006", 21))
    exchange.records(name.format("out-79160000007-102", 22))
    exchange.records(name.format("external-103-79160000008", 23))
    assert (await exchange.look(DATA / "freepbx-cdr.csv")).sent == 3
    calls = await exchange.calls()
    queue, out, direct = (calls[f"1795947600.{number}"] for number in (21, 22, 23))
    assert (queue["line"], queue["started_at"], queue["metadata"]["billsec"]) == (
        "Продажи", "2026-11-29T10:20:00Z", "61",
    )  # fmt: skip
    assert (out["direction"], [one["reference"] for one in out["participants"]]) == ("outbound", ["79160000007", "102"])
    assert [one["reference"] for one in direct["participants"]] == ["79160000008", "103"]


async def test_vicidial_names_campaign_and_agent(exchange: Exchange) -> None:
    exchange.records("20261129-131500_79160000005_SALES_petrova-all.wav")
    await exchange.look()
    (call,) = (await exchange.calls()).values()
    assert (call["line"], call["started_at"]) == ("SALES", "2026-11-29T10:15:00Z")
    assert [one["reference"] for one in call["participants"]] == ["79160000005", "petrova"]


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        ("json", json.dumps({"line": "vip", "metadata": {"deal": 7}})),
        ("json", json.dumps({"queue": "vip", "deal": 7, "crm": {"stage": "won"}})),
        ("csv", "queue;deal\nvip;7\n"),
        ("xml", "<cdr><variables><cc_queue>vip</cc_queue><deal>7</deal></variables></cdr>"),
    ],
)
async def test_a_sidecar_that_comes_later_is_added(exchange: Exchange, suffix: str, text: str) -> None:
    exchange.records("call.wav")
    assert await exchange.look() == Round(sent=1)
    exchange.tells(f"CALL.{suffix.upper()}", text)
    assert await exchange.look() == Round(patched=1)
    (call,) = (await exchange.calls()).values()
    assert (call["line"], str(call["metadata"]["deal"])) == ("vip", "7")


@pytest.mark.parametrize(("suffix", "text"), [("json", '{"language": "ru-RU"}'), ("csv", "lang;queue\nru-RU;vip\n")])
async def test_a_language_is_told_by_a_tag(exchange: Exchange, suffix: str, text: str) -> None:
    exchange.records("call.wav")
    exchange.tells(f"call.{suffix}", text)
    assert await exchange.look() == Round(sent=1)
    assert [call["language"] for call in (await exchange.calls()).values()] == ["ru"]


async def test_a_recording_that_is_still_written_waits(exchange: Exchange) -> None:
    path = exchange.records("call.wav", wav(0.1), written_s_ago=0)
    assert await exchange.look() == Round(waiting=1)
    assert await exchange.calls() == {}
    exchange.records(path.name, wav(0.3))
    exchange.records("call.json", b'{"line": "half', written_s_ago=0)
    assert await exchange.look() == Round(waiting=1), "a sidecar is written too"
    exchange.tells("call.json", '{"line": "whole"}')
    assert await exchange.look() == Round(sent=1)
    (call,) = (await exchange.calls()).values()
    assert call["line"] == "whole"


async def test_what_was_sent_before_a_crash_is_not_sent_again(exchange: Exchange) -> None:
    exchange.records("call.wav")
    await exchange.look()
    (exchange.folder / STATE).unlink()  # the machine died between the answer and the disk
    exchange.tells("call.json", '{"line": "told meanwhile"}')
    assert (await exchange.look()).sent == 1, "it is found, and kept as sent"
    assert len(await exchange.calls()) == 1
    await exchange.look()
    exchange.tells("call.json", '{"line": "told later"}')
    await exchange.look()
    assert [one["line"] for one in (await exchange.calls()).values()] == ["told later"]


async def test_a_gateway_that_is_away_loses_nothing(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auricle_cli.gateway.RETRIES", 1)
    exchange.records("call.wav")
    with pytest.raises(Unreachable):
        await exchange.look(url="http://127.0.0.1:9")
    assert await exchange.look() == Round(sent=1)


async def test_every_file_is_told_of(exchange: Exchange) -> None:
    exchange.records("notes.txt", b"call back")
    exchange.records("broken.wav")
    exchange.tells("broken.json", "{")
    exchange.records("wrong.wav")
    exchange.tells("wrong.json", '{"direction": "in", "language": "klingon"}')
    exchange.records("empty.wav", b"")
    exchange.records("good.wav")
    done = await exchange.look()
    assert (done.sent, done.refused) == (1, 3), exchange.said
    told = "\n".join(exchange.said)
    for name in ("notes.txt", "broken.json", "wrong.wav", "empty.wav", "good.wav"):
        assert name in told
    assert (await exchange.look()).sent == 0
    exchange.tells("broken.json", '{"line": "mended"}')
    exchange.tells("wrong.json", '{"direction": "in"}')
    exchange.records("empty.wav", wav(0.2))
    assert (await exchange.look()).sent == 3


async def test_a_recording_that_changed_is_told_and_not_sent_twice(exchange: Exchange) -> None:
    exchange.records("call.wav", wav(0.1))
    await exchange.look()
    exchange.records("call.wav", wav(0.4))
    assert (await exchange.look()).sent == 0
    assert any("is not sent again" in one for one in exchange.said)
    assert len(await exchange.calls()) == 1


async def test_a_copy_in_another_format_is_the_same_call(exchange: Exchange) -> None:
    """FreePBX makes an MP3 of the WAV after the call."""
    exchange.records("in-74951234567-79160000003-20261129-131500-1795947300.30.wav")
    await exchange.look()
    exchange.records("in-74951234567-79160000003-20261129-131500-1795947300.30.mp3", b"\xff\xe3" + bytes(400))
    await exchange.look()
    assert list(await exchange.calls()) == ["1795947300.30"]


def test_a_folder_that_cannot_be_written_needs_another_place(tmp_path: Path) -> None:
    with pytest.raises(CliError, match="--state"):
        SentFiles.open(tmp_path / "no" / "such" / "folder")


async def test_the_command_runs(exchange: Exchange, door: Door) -> None:
    exchange.records("call.wav")
    command = ("auricle", "watch-folder", str(exchange.folder), "--once", "--source", exchange.source, "--settle", "1")
    environment = os.environ | {
        "AURICLE_GATEWAY_URL": door.url,
        "AURICLE_API_KEY": door.ours.headers["Authorization"].removeprefix("Bearer "),
    }
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name(command[0])), *command[1:], env=environment, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output
    assert list(await exchange.calls()) == ["call.wav"]


async def test_a_folder_is_submitted_whole_whatever_its_names_look_like(exchange: Exchange, door: Door) -> None:
    """Suffixes in capitals, a byte order mark, a file that is none: each is told of, and none stops the others."""
    exchange.records("CALL7.WAV")
    exchange.tells("CALL7.json", f'{{"line": "sales", "external_id": "up-7", "source": "{exchange.source}"}}')
    exchange.records("call1.wav")
    exchange.tells("call1.json", f'\ufeff{{"line": "sales", "external_id": "bom-1", "source": "{exchange.source}"}}')
    exchange.tells("broken.json", "{")
    found = list(samples.find([exchange.folder]))
    assert [one.path.name for one in found if isinstance(one, Skipped)] == ["broken.json"]
    with Gateway(door.url, door.ours.headers["Authorization"].removeprefix("Bearer ")) as gateway:
        for one in found:
            if isinstance(one, Submission):
                await asyncio.to_thread(one.post, gateway)
    calls = await exchange.calls()
    assert {name: call["line"] for name, call in calls.items()} == {"up-7": "sales", "bom-1": "sales"}
    assert all(call["recording"] for call in calls.values())
