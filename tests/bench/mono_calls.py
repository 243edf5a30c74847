"""Drawn mono calls (`python -m auricle_samples.mono`) as an engine would have heard them, and the count of turns that got their role.

Words are those that were said, with an engine's errors put in: a quarter misheard or lost, their times off as Whisper's are on the held-out
calls (docs/speech.md), some ends of sentences unwritten, and of two words at once mostly only the louder side's. A true turn is right
when most of its words got its role; `unknown`, or another machine than it is, is not right.
"""

import json
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from auricle_asr.recordings.recording import RATE_HZ, Samples
from auricle_contracts import Direction, Role, Word
from auricle_samples.dialogues.noise import misheard
from bench.roles_calls import MonoCall, Owned, by_turn

WORD_ERRORS = 0.25
END_LOST = 0.15
OVERLAP_LOST = 0.7
TIME_ERROR_MS = 70


@dataclass(frozen=True)
class DrawnCall:
    """A call as it was heard, and what happens in it."""

    name: str
    kind: str
    call: MonoCall


def drawn_calls(folder: Path, split: str) -> list[DrawnCall]:
    """Those of a split, by name."""
    return [_read(path) for path in sorted(folder.glob(f"{split}-*.truth.json"))]


def _read(path: Path) -> DrawnCall:
    truth = json.loads(path.read_bytes())
    name = path.name.removesuffix(".truth.json")
    about = json.loads(path.with_name(f"{name}.json").read_bytes())
    sound = next(one for one in path.parent.glob(f"{name}.*") if one.suffix != ".json")
    seed = int(name.split("-")[1])
    call = MonoCall(seed, truth["language"], Direction(about["direction"]), track_of(sound), tuple(_heard(truth, seed)))
    return DrawnCall(name, truth["kind"], call)


def track_of(sound: Path) -> Samples:
    """The recording's one track at 16 kHz."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
    with av.open(str(sound)) as container:
        frames = [part.to_ndarray() for frame in container.decode(audio=0) for part in resampler.resample(frame)]
        frames += [part.to_ndarray() for part in resampler.resample(None)]
    samples: Samples = np.concatenate(frames, axis=1)[0].astype(np.int16)
    return samples


def _heard(truth: Mapping[str, object], seed: int) -> Iterable[Owned]:
    rng = random.Random(seed)
    said = sorted(
        ((start, end, text, turn["turn"], Role(turn["role"])) for turn in truth["turns"] for text, start, end in turn["words"]),  # type: ignore[attr-defined]
        key=lambda one: one[0],
    )  # fmt: skip
    busy_until, busy_turn = 0, 0
    for start, end, text, turn, role in said:
        drowned = turn != busy_turn and start < busy_until - 60 and rng.random() < OVERLAP_LOST
        if end > busy_until and not drowned:
            busy_until, busy_turn = end, turn
        written = _as_written(text, rng)
        if drowned or not written:
            continue
        late = round(rng.gauss(0, TIME_ERROR_MS))
        begin = max(0, start + late)
        yield Owned(
            Word(text=written, start_ms=begin, end_ms=max(begin + 40, end + round(rng.gauss(0, TIME_ERROR_MS))), confidence=0.9),
            turn, role,
        )  # fmt: skip


def _as_written(text: str, rng: random.Random) -> str:
    if rng.random() >= WORD_ERRORS:
        heard = text
    else:
        heard = misheard(text, rng, 1.0).split(" ")[0]
        heard += text[-1] if heard and text[-1] in ".!?…," else ""
    return heard.rstrip(".!?…") if heard[-1:] in ".!?…" and rng.random() < END_LOST else heard


@dataclass(frozen=True)
class Outcome:
    """What one way of telling made of one call."""

    call: DrawnCall
    roles: Sequence[Role]

    @property
    def counts(self) -> Counter[str]:
        return by_turn(self.call.call, self.roles)

    @property
    def confusion(self) -> Counter[tuple[str, str]]:
        """(true, given) of each word."""
        return Counter(
            (owned.role.value, role.value) for owned, role in zip(self.call.call.words, self.roles, strict=True)
        )


def right_by(outcomes: Sequence[Outcome], key: str = "kind") -> dict[str, tuple[int, Counter[str]]]:
    """Calls and turns by what happens in them, and of all."""
    found: dict[str, tuple[int, Counter[str]]] = {}
    for one in outcomes:
        for name in (getattr(one.call, key), one.call.call.language, "all"):
            calls, counts = found.get(name, (0, Counter()))
            found[name] = (calls + 1, counts + one.counts)
    return found
