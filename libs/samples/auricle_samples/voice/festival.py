"""Speech with its own ground truth that a real recogniser understands: Debian's festival, whose voices are cut from real speakers.

Build time only: `apt-get install festival festvox-ru festvox-us-slt-hts festvox-kallpc16k festvox-kdlpc16k`,
`pip install pyworld 'setuptools<81'`.
There is one Russian voice; other speakers are that voice with pitch, formants and speed moved by WORLD (pyworld, MIT).
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from auricle_samples.voice.line import Samples, resampled
from auricle_samples.voice.timed import TimedWord, Utterance

RATE_HZ = 16_000
RUSSIAN, SLT, KAL, KED = "msu_ru_nsh_clunits", "cmu_us_slt_arctic_hts", "kal_diphone", "ked_diphone"
_TOKEN = re.compile(r"^(\d+) (\S+) (\S+)$", re.MULTILINE)
_SILENCE = 0.004
_FRAME_MS = 5.0


class FestivalMissing(RuntimeError):
    """festival or one of its voices is not installed; the module's first lines say which packages bring them."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """A voice of festival; `pitch`, `formants` and `speed` are ratios to the voice as it is."""

    voice: str
    pitch: float = 1.0
    formants: float = 1.0
    speed: float = 1.0

    @property
    def is_shifted(self) -> bool:
        return (self.pitch, self.formants, self.speed) != (1.0, 1.0, 1.0)


def spoken(sentences: Sequence[str], speaker: Speaker) -> list[Utterance]:
    """Each sentence with its words and their seconds, without the silence around it. Raises FestivalMissing, ValueError."""
    if shutil.which("festival") is None:
        raise FestivalMissing("festival is not installed")
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "say.scm"
        script.write_text("\n".join([f"(voice_{speaker.voice})", _PRINT, *orders(sentences, folder)]), encoding="utf-8")
        done = subprocess.run(  # noqa: S603 - our own script
            ["festival", "-b", str(script)],  # noqa: S607 - Debian's
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise FestivalMissing(f"festival has no voice {speaker.voice}, or failed: {done.stderr[-300:]}")
        times = times_of(done.stdout, len(sentences))
        return [
            _utterance(text, _read(Path(folder) / f"{number}.wav"), times[number], speaker)
            for number, text in enumerate(sentences)
        ]


_PRINT = """
(define (said number utt)
  (mapcar (lambda (token)
    (if (item.daughters token)
      (format t "%d %f %f\\n" number (item.feat token "daughter1.word_start") (spoken_until (item.daughters token)))))
    (utt.relation.items utt 'Token)))
(define (spoken_until words)
  (if words
    (let ((end (item.feat (car words) "word_end")) (rest (spoken_until (cdr words))))
      (if (> end rest) end rest))
    0))
"""
"""In English a punctuation mark is a word without sound, which festival has end at 0: a token ends where its last sound does."""


def orders(sentences: Sequence[str], folder: str) -> list[str]:
    """What festival is told: each sentence spoken, its words printed, its sound saved as `folder`/number.wav."""
    said = []
    for number, text in enumerate(sentences):
        quoted = text.replace("\\", " ").replace('"', " ")
        said.append(f'(set! utt (utt.synth (Utterance Text "{quoted}"))) (said {number} utt)')
        said.append(f'(utt.save.wave utt "{folder}/{number}.wav" \'riff)')
    return said


def times_of(printed: str, count: int) -> list[list[tuple[float, float]]]:
    """Start and end of each token, in seconds, by sentence."""
    times: list[list[tuple[float, float]]] = [[] for _ in range(count)]
    for number, start, end in _TOKEN.findall(printed):
        times[int(number)].append((float(start), float(end)))
    return times


def _read(path: Path) -> Samples:
    """The file as mono samples at `RATE_HZ`; festival's voices of other rates are resampled."""
    with wave.open(str(path), "rb") as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / np.float32(32768)
        return resampled(samples, file.getframerate(), RATE_HZ)


def _utterance(text: str, samples: Samples, times: Sequence[tuple[float, float]], speaker: Speaker) -> Utterance:
    loud = (np.abs(samples) > _SILENCE).nonzero()[0]
    if not loud.size or not times:
        raise ValueError(f"nothing was said for {len(text)} characters")
    first, last = int(loud[0]), int(loud[-1]) + 1
    heard = samples[first:last]
    if speaker.is_shifted:
        heard = shifted(heard, speaker)
    words = _words(text, times, first / RATE_HZ, speaker.speed, heard.size / RATE_HZ)
    return Utterance(heard, RATE_HZ, words, ())


def _words(
    text: str, times: Sequence[tuple[float, float]], before_s: float, speed: float, length_s: float
) -> tuple[TimedWord, ...]:
    """The words of the text; where festival saw another number of tokens, by their place among them."""
    words = text.split()
    found = []
    for number, word in enumerate(words):
        first = times[min(len(times) - 1, number * len(times) // len(words))]
        last = times[max(0, min(len(times), (number + 1) * len(times) // len(words)) - 1)]
        start = min(max((first[0] - before_s) / speed, 0.0), length_s)
        end = min(max((last[1] - before_s) / speed, start), length_s)
        found.append(TimedWord(word, round(start, 3), round(end, 3)))
    return tuple(found)


def shifted(samples: Samples, speaker: Speaker, *, quick: bool = False) -> Samples:
    """The same words by somebody else: WORLD takes pitch, envelope and noise apart and puts them together anew.

    `quick`: pitch by DIO in place of Harvest, a twentieth of the time, with more voicing errors.
    """
    import pyworld

    sound = samples.astype(np.float64)
    pitch, times = (pyworld.dio if quick else pyworld.harvest)(sound, RATE_HZ, frame_period=_FRAME_MS)
    envelope = pyworld.cheaptrick(sound, pitch, times, RATE_HZ)
    noise = pyworld.d4c(sound, pitch, times, RATE_HZ)
    made = pyworld.synthesize(
        pitch * speaker.pitch, _warped(envelope, speaker.formants), _warped(noise, speaker.formants), RATE_HZ,
        _FRAME_MS / speaker.speed,
    )  # fmt: skip
    return np.asarray(np.clip(made, -1, 1), np.float32)


def _warped(
    frames: np.ndarray[tuple[int, int], np.dtype[np.float64]], ratio: float
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Every bin of each frame moved up by `ratio`."""
    bins = np.arange(frames.shape[1])
    return np.ascontiguousarray([np.interp(bins / ratio, bins, frame) for frame in frames])
