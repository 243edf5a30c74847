"""The sample calls: recordings in every format, what telephony says about each, and the truth."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from auricle_contracts import Channel, ConversationIn, Participant, Role

from auricle_samples.dialogues import Dialogue, Language, Split, generate
from auricle_samples.voice.espeak import Espeak
from auricle_samples.voice.files import FORMATS, write
from auricle_samples.voice.line import TELEPHONE_HZ
from auricle_samples.voice.recording import AGENT, CUSTOMER, Call, recorded


@dataclass(frozen=True, slots=True)
class Order:
    """One wanted call: its format, tracks (2, or 1 for a mono mix), length, language."""

    form: str
    tracks: int = 2
    longest_s: float = 120.0
    shortest_s: float = 30.0
    language: Language = "ru"


ORDERS = (
    Order("pcm", longest_s=50), Order("alaw", longest_s=70), Order("mulaw", longest_s=70), Order("mp3", longest_s=180, shortest_s=75),
    Order("opus", longest_s=180, shortest_s=65), Order("flac", longest_s=60), Order("mp3", tracks=1), Order("aac", tracks=1),
    Order("alaw", longest_s=60, language="en"),
)  # fmt: skip
_FIRST_DAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def make_calls(folder: Path, seed: int, split: Split = "dev") -> None:
    """Write every ordered call and the broken files; scenarios do not repeat while there are others."""
    folder.mkdir(parents=True, exist_ok=True)
    espeak = Espeak()
    used: set[str] = set()
    for number, order in enumerate(ORDERS, 1):
        dialogue, call = next(_fitting(order, espeak, seed * 1000 + number * 100, split, used))
        used.add(dialogue.scenario)
        name = f"{number:02d}-{order.language}-{dialogue.scenario}".replace("_", "-")
        _write_call(folder, name, number, order, dialogue, call)
    make_broken(folder)


def make_broken(folder: Path) -> None:
    """A silent call, a damaged MP3 and a text that claims to be a WAV."""
    write(folder / "90-silent.wav", np.zeros((2, 30 * TELEPHONE_HZ), np.float32), FORMATS["alaw"])
    write_damaged(folder)
    (folder / "92-not-audio.wav").write_text("This is a text file that somebody renamed.\n" * 20)


def write_damaged(folder: Path) -> None:
    """The folder's first MP3 again, with 3,000 bytes of noise from a third of it on."""
    whole = bytearray(min(folder.glob("*.mp3")).read_bytes())
    start = len(whole) // 3
    whole[start : start + 3000] = np.random.default_rng(0).bytes(3000)
    (folder / "91-damaged.mp3").write_bytes(bytes(whole))


def _fitting(order: Order, espeak: Espeak, first: int, split: Split, used: set[str]) -> Iterator[tuple[Dialogue, Call]]:
    """Dialogues from seed `first` on whose call has a fitting length and a new scenario."""
    for seed in range(first, first + 100):
        dialogue = generate(seed, split, channel=Channel.CALL, language=order.language)
        if dialogue.scenario in used and order.language == "ru":
            continue
        call = recorded(dialogue, espeak, seed)
        if order.shortest_s <= call.length_s <= order.longest_s:
            yield dialogue, call


def _write_call(folder: Path, name: str, number: int, order: Order, dialogue: Dialogue, call: Call) -> None:
    form = FORMATS[order.form]
    tracks = call.tracks if order.tracks == 2 else call.tracks.mean(axis=0, keepdims=True)
    write(folder / f"{name}.{form.suffix}", tracks, form)
    (folder / f"{name}.json").write_text(
        _metadata(name, number, order, dialogue).model_dump_json(indent=2, exclude_none=True) + "\n"
    )
    (folder / f"{name}.truth.json").write_text(json.dumps(_truth(dialogue, call), ensure_ascii=False, indent=1) + "\n")


def _metadata(name: str, number: int, order: Order, dialogue: Dialogue) -> ConversationIn:
    """What a telephone exchange knows of the call; a mono mix does not say who speaks."""
    track = (AGENT, CUSTOMER) if order.tracks == 2 else (None, None)
    phone = f"+7999000{number:04d}"
    return ConversationIn(
        channel=Channel.CALL,
        source="samples",
        external_id=f"sample-{name}",
        direction=dialogue.direction,
        line=dialogue.scenario,
        language=dialogue.language,
        started_at=_FIRST_DAY + timedelta(hours=7 * number),
        participants=(
            Participant(
                id="agent",
                role=Role.AGENT,
                reference=f"operator-{100 + number}",
                name=dialogue.agent.name,
                track=track[0],
            ),
            Participant(id="customer", role=Role.CUSTOMER, reference=phone, name=None, track=track[1]),
        ),
        metadata={"synthetic": True, "customer_phone": phone},
    )


def _truth(dialogue: Dialogue, call: Call) -> dict[str, object]:
    """The words with their times, and the labels that the dialogue was made with."""
    written = {turn.id: turn.text for turn in dialogue.turns}
    turns = [
        {
            "turn": spoken.turn,
            "role": spoken.role.value,
            "track": spoken.track,
            "written": written[spoken.turn],
            "start_ms": round(spoken.words[0].start_s * 1000),
            "end_ms": round(spoken.words[-1].end_s * 1000),
            "words": [[word.text, round(word.start_s * 1000), round(word.end_s * 1000)] for word in spoken.words],
        }
        for spoken in call.turns
    ]
    facts = dialogue.model_dump(
        mode="json", include={"id", "seed", "split", "scenario", "style", "mood", "language", "holds", "truth"}
    )
    return {**facts, "duration_ms": round(call.length_s * 1000), "synthetic": True, "turns": turns}
