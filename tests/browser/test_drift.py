"""Sound and text keep together: an hour of two-track 8 kHz MP3 of a variable rate, by the page, in a real Chromium.

The recording has a loud mark at known times. A click on a time of the transcript plays from there, and a worklet behind the page's own
player says when the mark came: what the player's clock showed then, less where the mark is, is the drift.
"""

import io
from collections.abc import Iterator
from typing import Any

import av
import httpx
import numpy as np
import pytest
from auricle_cli.stack.ports import any_free
from auricle_console.settings import ConsoleSettings
from auricle_contracts import Role, Scope, Transcript, Turn, Word
from auricle_gateway.app import create_app
from auricle_gateway.settings import GatewaySettings
from auricle_records import keys, paths, results, workspaces
from auricle_records.blobs.opening import open_store
from auricle_records.database import Database
from auricle_records.results import Heard
from auricle_records.runs.queries import of_conversations
from browser.conftest import Wired, served
from browser.test_queue import PROMPTS, beside
from browser.windows import SignIns
from fixtures.deliveries import take_up

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
RATE_HZ, MINUTES = 8000, 60
MARKS_S = (270, 1230, 2190, 2970, 3570)
BEFORE_MS = 1000
PERSONAL = "my number is +7 912 345-67-89"
MOST_MS = 50
READY_MS = 300_000
"""An hour is redacted first."""
LISTEN = """
async (marks) => {
  const audio = document.querySelector("audio"), worklet = `registerProcessor("marks", class extends AudioWorkletProcessor {
    process([[left]]) {
      for (let at = 0; left && at < left.length; at++) {
        if (Math.abs(left[at]) > .5 && currentFrame + at > (this.last ?? -1e9) + sampleRate / 2) {
          this.last = currentFrame + at;
          this.port.postMessage(this.last / sampleRate);
        }
      }
      return true;
    }
  });`;
  const context = new AudioContext();
  await context.audioWorklet.addModule(URL.createObjectURL(new Blob([worklet], { type: "text/javascript" })));
  const listener = new AudioWorkletNode(context, "marks");
  context.createMediaElementSource(audio).connect(listener);
  await context.resume();
  const found = [];
  for (const [number, mark] of marks.entries()) {
    let heard = null;
    listener.port.onmessage = (event) => { heard ??= event.data; };
    const sought = new Promise((done) => audio.addEventListener("seeked", done, { once: true }));
    document.querySelectorAll(".turn .at")[number + 1].click();
    await sought;
    const apart = [];
    for (const until = performance.now() + 30_000; heard === null && performance.now() < until;) {
      apart.push(audio.currentTime - context.currentTime);
      await new Promise((done) => setTimeout(done, 10));
    }
    audio.pause();
    apart.sort((one, other) => one - other);
    found.push(heard === null ? null : Math.round((heard + apart[apart.length >> 1] - mark) * 1000));
  }
  return { duration: audio.duration, drift: found };
}
"""


def recording() -> bytes:
    """Silence, murmur and noise by turns, so that the rate varies; before and after each mark it is quiet."""
    noise = np.random.default_rng(1).normal(0, 1, 25 * RATE_HZ)
    mark = (30_000 * np.sin(2 * np.pi * 1000 * np.arange(RATE_HZ // 10) / RATE_HZ)).astype(np.int16)
    into = io.BytesIO()
    with av.open(into, "w", format="mp3") as container:
        stream: Any = container.add_stream("libmp3lame", rate=RATE_HZ, layout="stereo")
        stream.codec_context.options = {"flags": "+qscale", "global_quality": str(4 * 118)}
        resampler = av.AudioResampler("s16p", "stereo", RATE_HZ, frame_size=576)
        for minute in range(MINUTES):
            said = np.zeros((60 * RATE_HZ, 2), np.int16)
            loud = (0, 1000, 200, 2700)[minute // 5 % 4]
            for start in (0, 33):
                said[start * RATE_HZ : (start + 25) * RATE_HZ] = (loud * noise).astype(np.int16)[:, None]
            said[30 * RATE_HZ : 30 * RATE_HZ + len(mark), 0] = mark
            frame = av.AudioFrame.from_ndarray(said.reshape(1, -1), format="s16", layout="stereo")
            frame.sample_rate = RATE_HZ
            for piece in resampler.resample(frame):
                container.mux(stream.encode(piece))
        for piece in resampler.resample(None):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return into.getvalue()


@pytest.fixture(scope="module")
def call(module_postgres_url: str, redis_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page of an hour whose transcript has a turn a second before each mark; a key that may see all is logged in by the test."""
    port, console = any_free(), any_free()
    url, blobs = f"http://127.0.0.1:{port}", f"file://{tmp_path_factory.mktemp('blobs')}"
    given: dict[str, Any] = {
        "database_url": module_postgres_url, "redis_url": redis_server.url, "prompts_dir": PROMPTS, "port": port,
        "blob_url": blobs, "AURICLE_GATEWAY_URL": url, "rate_per_minute": 0,
    }  # fmt: skip
    token = beside(_key(module_postgres_url))
    body = recording()
    with (
        served(create_app(GatewaySettings(**given)), port, lifespan="on"),
        served(Wired(ConsoleSettings(gateway_url=url)), console, lifespan="on"),
        httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60) as api,
    ):
        reply = api.post("/v1/conversations", content=body, headers={"Content-Type": "audio/mpeg"})
        assert reply.status_code == 202, reply.text
        beside(_transcribe(module_postgres_url, blobs, reply.json()["id"]))
        yield f"http://127.0.0.1:{console}/conversations/{reply.json()['id']}#{token}"


async def _key(database_url: str) -> str:
    async with Database.connect(database_url) as db:
        await workspaces.ensure(db, "ours")
        return (await keys.create_key(db, "ours", name="test", scopes=list(Scope))).token


async def _transcribe(database_url: str, blobs: str, conversation: str) -> None:
    store = open_store(blobs)
    async with Database.connect(database_url) as db:
        async with db.transaction("ours") as connection:
            ((posted,),) = (await of_conversations(connection, [conversation])).values()
        run = await take_up(db, "ours", posted.id)
        turns = (_turn(1, 3, PERSONAL), *(_turn(number, mark) for number, mark in enumerate(MARKS_S, start=2)))
        heard = Transcript(conversation_id=conversation, language="en", turns=turns, duration_ms=MINUTES * 60_000)
        key = paths.transcript("ours", conversation, 1)
        await store.put_bytes(key, heard.model_dump_json().encode())
        await results.commit_transcript(db, run, Heard(heard, key))


def _turn(number: int, mark: int, said: str = "mark") -> Turn:
    start, end = mark * 1000 - BEFORE_MS, mark * 1000
    words = tuple(Word(text=word, start_ms=start, end_ms=end, confidence=0.9) for word in said.split())
    return Turn(id=number, participant="a", role=Role.AGENT, text=said, start_ms=start, end_ms=end, words=words)


@pytest.mark.parametrize("source", ["masked", "seekable"])
def test_a_time_of_the_transcript_plays_that_place(sign_ins: SignIns, call: str, source: str) -> None:
    """With tones, and after "show personal data" without them."""
    address, _, token = call.partition("#")
    with sign_ins.window(None, bypass_csp=True) as window:
        _entered(window, address, token)
        if source == "seekable":
            with window.expect_navigation():
                window.locator("form[action*='/unmasked']").evaluate("form => form.requestSubmit()")
        assert str(window.locator("audio").get_attribute("src")).endswith(f"/recording?{source}=true")
        window.wait_for_function("document.querySelector('audio').readyState > 0", timeout=READY_MS)
        found = window.evaluate(LISTEN, list(MARKS_S))
    print(source, found)  # -s shows it
    assert found["duration"] == pytest.approx(MINUTES * 60, abs=1)
    assert all(one is not None and abs(one) <= MOST_MS for one in found["drift"]), found


def _entered(window: Any, address: str, token: str) -> None:
    """On the page of the call."""
    window.goto(f"{address.partition('/conversations')[0]}/login")
    window.click(".by-key summary")
    window.fill("#key", token)
    with window.expect_navigation():
        window.click(".by-key button.main")
    window.goto(address)
