"""A dialogue as two tracks of a telephone call, with the moment of every word."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from auricle_contracts import Role, Turn

from auricle_samples.dialogues import Dialogue
from auricle_samples.voice.espeak import Espeak, Voice
from auricle_samples.voice.line import TELEPHONE_HZ, Line, Samples, resampled, through_line
from auricle_samples.voice.spoken import spoken_sentences
from auricle_samples.voice.timed import TimedWord, uttered

AGENT, CUSTOMER = 0, 1
_FEMALE = ("f3", "f5", "Alicia", "anika", "shelby")
_MALE = ("m4", "m8", "Gene2", "Michael", "ed", "paul", "klatt4")
HOLD_S = 6.0
TONE_S = 0.5


@dataclass(frozen=True, slots=True)
class Temper:
    """How one turn is said beside the speaker's usual way: espeak's pitch units up, times faster, dB louder."""

    pitch: int = 0
    faster: float = 1.0
    louder_db: float = 0.0

    def of(self, voice: Voice) -> Voice:
        return replace(voice, pitch=min(99, max(0, voice.pitch + self.pitch)), rate=round(voice.rate * self.faster))


USUAL = Temper()


@dataclass(frozen=True, slots=True)
class SpokenTurn:
    """A turn of the dialogue as it was said: seconds from the start of the call."""

    turn: int
    role: Role
    track: int
    words: tuple[TimedWord, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """`tracks` (2, samples) at 8 kHz: the agent, then the customer."""

    tracks: Samples
    turns: tuple[SpokenTurn, ...]

    @property
    def length_s(self) -> float:
        return float(self.tracks.shape[1] / TELEPHONE_HZ)


def recorded(dialogue: Dialogue, espeak: Espeak, seed: int, tempers: Mapping[int, Temper] | None = None) -> Call:
    """Speak the turns one after another with pauses, some overlaps, and music where the customer was put on hold.

    `tempers`: by turn id, how it is said; other turns are said as usual.
    """
    rng = np.random.default_rng(seed)
    voices = {AGENT: _voice(dialogue, AGENT, rng), CUSTOMER: _voice(dialogue, CUSTOMER, rng)}
    pieces: list[tuple[int, float, Samples]] = []
    turns: list[SpokenTurn] = []
    now = float(rng.uniform(0.4, 1.2))
    for turn in dialogue.turns:
        track = AGENT if turn.role is Role.AGENT else CUSTOMER
        temper = (tempers or {}).get(turn.id, USUAL)
        said, words, end = _uttered_turn(turn, espeak, temper.of(voices[track]), now, rng)
        pieces += [(track, at, samples * np.float32(10 ** (temper.louder_db / 20))) for at, samples in said]
        if words:
            turns.append(SpokenTurn(turn.id, turn.role, track, words))
        now = max(now + 0.1, end + usual_gap_s(rng))
        if turn.id in dialogue.holds:
            pieces.append((AGENT, now, resampled(hold_music(rng), TELEPHONE_HZ, espeak.rate_hz)))
            now += HOLD_S + 0.3
    return Call(mixed(pieces, now + 0.5, espeak.rate_hz, rng), tuple(turns))


def _uttered_turn(
    turn: Turn, espeak: Espeak, voice: Voice, now: float, rng: np.random.Generator
) -> tuple[list[tuple[float, Samples]], tuple[TimedWord, ...], float]:
    """The sentences of a turn with short breaths between them: (start, samples) each, words, end."""
    said, words = [], []
    for sentence in spoken_sentences(turn.text):
        spoken = uttered(espeak, sentence, voice)
        said.append((now, spoken.samples))
        words += [TimedWord(word.text, now + word.start_s, now + word.end_s) for word in spoken.words]
        now += spoken.length_s + float(rng.uniform(0.15, 0.45))
    return said, tuple(words), now


def usual_gap_s(rng: np.random.Generator) -> float:
    """Seconds between two turns; one in eight begins before the other has ended."""
    return float(rng.uniform(-0.35, 0.0) if rng.random() < 0.125 else rng.gamma(2.0, 0.25))


def _voice(dialogue: Dialogue, track: int, rng: np.random.Generator) -> Voice:
    """A voice that the speech model was not trained on."""
    speaker = dialogue.agent if track == AGENT else dialogue.customer
    return Voice(
        variant=str(rng.choice(_FEMALE if speaker.female else _MALE)),
        rate=int(rng.integers(145, 185)),
        pitch=int(rng.integers(35, 65)),
        spread=int(rng.integers(35, 65)),
        language="ru" if dialogue.language == "ru" else "en",
    )


def good_line(rng: np.random.Generator) -> Line:
    """A line of the samples: quiet noise, some difference of level."""
    return Line(low_hz=200, snr_db=float(rng.uniform(24, 40)), noise="pink", gain_db=float(rng.uniform(-9, 0)))


def mixed(
    pieces: list[tuple[int, float, Samples]], length_s: float, rate_hz: int, rng: np.random.Generator,
    draw: Callable[[np.random.Generator], Line] = good_line,
) -> Samples:  # fmt: skip
    """Pieces of sound as (track, second, samples at `rate_hz`) on the two tracks of a telephone call."""
    tracks = np.zeros((2, int(length_s * rate_hz)), np.float32)
    for track, at, samples in pieces:
        start = int(at * rate_hz)
        room = tracks[track, start : start + samples.size]
        room += samples[: room.size]
    lines = [draw(rng) for _ in range(2)]
    heard = [
        through_line(resampled(track, rate_hz, TELEPHONE_HZ), line, rng)
        for track, line in zip(tracks, lines, strict=True)
    ]
    return np.stack(heard)


def hold_music(rng: np.random.Generator) -> Samples:
    """Six seconds of broken chords, soft, 8 kHz."""
    beat = TELEPHONE_HZ // 4
    root = 220 * 2 ** (float(rng.integers(0, 12)) / 12)
    steps = [0, 4, 7, 12, 7, 4, 5, 9, 12, 9, 5, 2, 7, 11, 14, 11, 7, 4, 0, 4, 7, 12, 7, 4]
    time = np.arange(beat) / TELEPHONE_HZ
    notes = [np.sin(2 * np.pi * root * 2 ** (step / 12) * time) * np.exp(-3 * time) for step in steps]
    return (0.12 * np.concatenate(notes)).astype(np.float32)


def tone() -> Samples:
    """The tone after which an answering machine records: 1 kHz, `TONE_S`, soft ends, 8 kHz."""
    time = np.arange(int(TONE_S * TELEPHONE_HZ)) / TELEPHONE_HZ
    ends = np.minimum(1.0, np.minimum(time, TONE_S - time) / 0.01)
    return (0.3 * ends * np.sin(2 * np.pi * 1000 * time)).astype(np.float32)
