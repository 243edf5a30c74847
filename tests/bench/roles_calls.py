"""Mono mixes of held-out calls with the truth about every word, and the count of turns that got their role.

The words' times are the synthesiser's; their text is perfect, or as an engine with errors would have written it (words misheard and
lost, nothing put in, so that every word still has an owner). A true turn is right when most of its words were given its role;
`unknown` is not right.
"""

import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from auricle_asr.recordings.recording import RATE_HZ, Samples
from auricle_asr.speech.engine import EngineFacts
from auricle_asr.speech.recognised import Recognised, TrackWords
from auricle_asr.transcription import transcript
from auricle_asr.transcription.cues import CueBook
from auricle_asr.transcription.speakers import Speakers, tell
from auricle_asr.transcription.transcript import TranscriptRules
from auricle_asr.transcription.voices import changes_between, vectors_of
from auricle_contracts import Channel, Direction, Role, Word
from auricle_samples.dialogues import Language, Split, generate
from auricle_samples.dialogues.noise import misheard
from auricle_samples.voice.espeak import Espeak
from auricle_samples.voice.line import TELEPHONE_HZ, resampled
from auricle_samples.voice.recording import recorded

HELD_OUT = Path("tests/data/roles/heldout.jsonl")
FACTS = EngineFacts(name="truth", device="cpu")


@dataclass(frozen=True)
class Owned:
    """A word, whose turn it belongs to, and who spoke it."""

    word: Word
    turn: int
    role: Role


@dataclass(frozen=True)
class MonoCall:
    """One track at 16 kHz with both sides on it, and its words in order of time."""

    seed: int
    language: Language
    direction: Direction
    track: Samples
    words: tuple[Owned, ...]


def held_out_seeds() -> list[tuple[Language, int]]:
    """The seeds of the frozen set."""
    lines = map(json.loads, HELD_OUT.read_text("utf-8").splitlines())
    return [(line["language"], line["seed"]) for line in lines]


def mono_call(espeak: Espeak, language: Language, seed: int, split: Split) -> MonoCall:
    """The call of these arguments, spoken and mixed to one track."""
    dialogue = generate(seed, split, channel=Channel.CALL, language=language)
    call = recorded(dialogue, espeak, seed)
    mixed = resampled(call.tracks.mean(axis=0), TELEPHONE_HZ, RATE_HZ)
    words = sorted(
        (
            Owned(
                Word(
                    text=word.text, start_ms=round(1000 * word.start_s), end_ms=round(1000 * word.end_s), confidence=0.9
                ),
                turn.turn,
                turn.role,
            )
            for turn in call.turns
            for word in turn.words
        ),
        key=lambda owned: owned.word.start_ms,
    )
    track = np.clip(mixed * 32767, -32768, 32767).astype(np.int16)
    return MonoCall(seed, language, dialogue.direction, track, tuple(words))


def noised(call: MonoCall, word_error_rate: float) -> MonoCall:
    """The same call with words misheard or lost."""
    rng = random.Random(call.seed)
    heard = []
    for owned in call.words:
        text = misheard(owned.word.text, rng, word_error_rate).split(" ")[0] if word_error_rate else owned.word.text
        if text:
            heard.append(Owned(owned.word.model_copy(update={"text": text}), owned.turn, owned.role))
    return MonoCall(call.seed, call.language, call.direction, call.track, tuple(heard))


def speakers_of(call: MonoCall, cues: CueBook) -> Speakers | None:
    """What words and sound tell together, if anything."""
    words = [owned.word for owned in call.words]
    vectors, seconds = vectors_of(call.track, words)
    return tell(words, vectors, seconds, np.array(changes_between(words)), cues, call.direction)


def assigned(call: MonoCall, cues: CueBook, told: Speakers | None, rules: TranscriptRules) -> list[Role]:
    """The role of each word, by the whole road of a mono recording."""
    words = tuple(owned.word for owned in call.words)
    spoken = transcript.Call("bench", 1, call.direction)
    recognised = Recognised((TrackWords(call.language, words),))
    written = transcript.write(
        spoken, recognised, FACTS, cues, rules, duration_ms=len(call.track) * 1000 // RATE_HZ, flags=(), told=told
    )
    return [turn.role for turn in written.turns for _ in turn.words]


def by_turn(call: MonoCall, roles: Sequence[Role]) -> Counter[str]:
    """Turns `right`, `wrong` and `unknown`; the words of the call in order have these roles."""
    votes: dict[tuple[int, Role], Counter[Role]] = {}
    for owned, role in zip(call.words, roles, strict=True):
        votes.setdefault((owned.turn, owned.role), Counter())[role] += 1
    found: Counter[str] = Counter()
    for (_, truth), counted in votes.items():
        most = counted.most_common(1)[0][0]
        found["right" if most is truth else "unknown" if most is Role.UNKNOWN else "wrong"] += 1
    return found


def share(calls: Sequence[MonoCall], roles: Sequence[Sequence[Role]]) -> dict[str, float]:
    """Per cent of all turns, where the words of each call have these roles."""
    whole: Counter[str] = Counter()
    for call, given in zip(calls, roles, strict=True):
        whole += by_turn(call, given)
    turns = sum(whole.values())
    return {name: round(100 * whole[name] / turns, 1) for name in ("right", "wrong", "unknown")} | {"turns": turns}
