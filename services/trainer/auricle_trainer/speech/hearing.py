"""The exported model at work: faster-whisper over known speech, word by word against the truth."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from auricle_samples.voice.line import Samples
from auricle_samples.voice.timed import TimedWord
from faster_whisper import BatchedInferencePipeline, WhisperModel
from faster_whisper.transcribe import Segment

from auricle_trainer.speech.scores import Pair, alignment, spelled


@dataclass(frozen=True, slots=True)
class HeardWord:
    """A word as the model wrote it."""

    text: str
    start_s: float
    probability: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was said and heard, paired; words are spelled for comparison."""

    said: tuple[TimedWord, ...]
    heard: tuple[HeardWord, ...]
    pairs: tuple[Pair, ...]

    @property
    def word_errors(self) -> int:
        return sum(not self._equal(pair) for pair in self.pairs)

    @property
    def letters(self) -> tuple[list[str], list[str]]:
        return list(" ".join(word.text for word in self.said)), list(" ".join(word.text for word in self.heard))

    def missed(self) -> list[str]:
        """Said words that were not heard as they are."""
        return [self.said[pair[0]].text for pair in self.pairs if pair[0] is not None and not self._equal(pair)]

    def judged(self) -> list[tuple[float, bool]]:
        """(probability, right) of every heard word."""
        return [(self.heard[pair[1]].probability, self._equal(pair)) for pair in self.pairs if pair[1] is not None]

    def start_errors_s(self) -> list[float]:
        """How far off the start of every rightly heard word is."""
        return [
            abs(self.said[i].start_s - self.heard[j].start_s)
            for i, j in self.pairs
            if i is not None and j is not None and self._equal((i, j))
        ]

    def _equal(self, pair: Pair) -> bool:
        i, j = pair
        return i is not None and j is not None and self.said[i].text == self.heard[j].text


class Listener:
    """A CTranslate2 folder on the CPU in int8, as the laptop runs it; `workers` utterances at a time, one thread each."""

    def __init__(self, folder: Path, workers: int, beam: int) -> None:
        self.model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1, num_workers=workers)
        self.workers = workers
        self._beam = beam

    def heard(self, samples: Samples) -> list[HeardWord]:
        """Words of 16 kHz samples, without voice activity detection and without fallback to sampling."""
        segments, _ = self.model.transcribe(
            samples,
            language="ru",
            beam_size=self._beam,
            temperature=0.0,
            word_timestamps=True,
            condition_on_previous_text=False,
        )
        return _words(segments)

    def heard_in_short_windows(self, samples: Samples) -> list[HeardWord]:
        """As the asr service hears with these weights: voice activity detection and windows of at most 8 s."""
        segments, _ = BatchedInferencePipeline(self.model).transcribe(
            samples, language="ru", beam_size=self._beam, word_timestamps=True, chunk_length=8, batch_size=8
        )
        return _words(segments)

    def compare_all(self, spoken: Iterable[tuple[Samples, Iterable[TimedWord]]]) -> list[Comparison]:
        """`compare` over many recordings, several at a time, in order."""
        with ThreadPoolExecutor(self.workers) as pool:
            return list(pool.map(lambda pair: self.compare(*pair), spoken))

    def compare(self, samples: Samples, said: Iterable[TimedWord], *, short_windows: bool = False) -> Comparison:
        """Listen and pair with the truth."""
        truth = tuple(TimedWord(text, word.start_s, word.end_s) for word in said for text in spelled(word.text))
        heard = tuple(self.heard_in_short_windows(samples) if short_windows else self.heard(samples))
        pairs = alignment([word.text for word in truth], [word.text for word in heard])
        return Comparison(truth, heard, tuple(pairs))


def _words(segments: Iterable[Segment]) -> list[HeardWord]:
    return [
        HeardWord(text, float(word.start), float(word.probability))
        for segment in segments
        for word in segment.words or ()
        for text in spelled(word.word)
    ]
