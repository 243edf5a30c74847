"""`evaluate`: every figure of the model's card, measured with faster-whisper alone (no torch)."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import ctranslate2
import faster_whisper
import numpy as np
import typer
from auricle_samples.voice.espeak import Espeak
from auricle_samples.voice.line import TELEPHONE_HZ, Line, Samples, resampled, through_line
from faster_whisper import BatchedInferencePipeline
from rich.progress import track

from auricle_trainer.speech import testset
from auricle_trainer.speech.hearing import Comparison, Listener
from auricle_trainer.speech.lexicon import lexicon_of_corpus
from auricle_trainer.speech.other_voice import festival_comparisons
from auricle_trainer.speech.sample_calls import call_comparisons
from auricle_trainer.speech.scores import auroc, errors, rate_with_interval, spelled

GOALS = {"word_error_rate": 0.15, "word_start_median_ms": 120.0, "confidence_auroc": 0.75}


@dataclass(frozen=True, slots=True)
class Figures:
    """Comparisons and the words that training never contained."""

    comparisons: Sequence[Comparison]
    unseen: frozenset[str] = frozenset()

    def summary(self) -> dict[str, Any]:
        """Rates with 95 % intervals, counts, times and confidences."""
        words = [len(c.said) for c in self.comparisons]
        rate, low, high = rate_with_interval([c.word_errors for c in self.comparisons], words)
        letters = [c.letters for c in self.comparisons]
        letter_rate, *_ = rate_with_interval([errors(*pair) for pair in letters], [len(said) for said, _ in letters])
        starts = np.array([e for c in self.comparisons for e in c.start_errors_s()]) * 1000
        judged = [pair for c in self.comparisons for pair in c.judged()]
        return {
            "utterances": len(words),
            "words": sum(words),
            "word_errors": sum(c.word_errors for c in self.comparisons),
            "word_error_rate": round(rate, 4),
            "word_error_rate_95": [round(low, 4), round(high, 4)],
            "character_error_rate": round(letter_rate, 4),
            "word_start_median_ms": round(float(np.median(starts)), 1) if starts.size else None,
            "word_start_within_120_ms": round(float((starts <= 120).mean()), 4) if starts.size else None,
            "confidence_auroc": round(auroc([p for p, _ in judged], [right for _, right in judged]), 4),
        } | self._by_novelty()

    def _by_novelty(self) -> dict[str, Any]:
        """Share of said words that were not heard right, for word types seen and unseen in training."""
        if not self.unseen:
            return {}
        said = [word.text for c in self.comparisons for word in c.said]
        missed = [word for c in self.comparisons for word in c.missed()]
        new, lost = (sum(word in self.unseen for word in words) for words in (said, missed))
        types = set(said)
        return {
            "word_types": len(types),
            "unseen_type_share": round(len(types & self.unseen) / len(types), 4),
            "unseen_words": new,
            "unseen_words_missed": round(lost / max(new, 1), 4),
            "seen_words_missed": round((len(missed) - lost) / max(len(said) - new, 1), 4),
        }


def evaluate(
    model: Path = Path("models/speech"),
    out: Path = Path("docs/evidence/speech.json"),
    calls: Path = Path("tests/data/calls"),
    beam: int = 5,
    workers: int = 2,
    first: Annotated[int, typer.Option(help="Only so many test utterances; 0 means all.")] = 0,
) -> None:
    """Measure a model folder on the committed test set and write the evidence."""
    listener = Listener(model, workers, beam)
    known = measured(listener, first)
    report = {
        "made_by": "python -m auricle_trainer.speech evaluate",
        "synthetic": "every recording is synthetic speech (espeak-ng, festival); none is a person's",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores shared with other work, {workers} workers of one thread",
        "versions": {"ctranslate2": ctranslate2.__version__, "faster_whisper": faster_whisper.__version__},
        "settings": {"beam": beam, "compute_type": "int8", "temperature": 0.0, "vad": False},
        "goals": GOALS,
        "test_set": known.summary(),
        "sample_calls": [{"name": name} | Figures([c]).summary() for name, c in call_comparisons(listener, calls)],
        "sample_calls_in_8_s_windows": Figures(
            [c for _, c in call_comparisons(listener, calls, short_windows=True)]
        ).summary(),
        "other_synthesiser": _or_reason(festival_comparisons(listener)),
        "no_speech": no_speech(listener),
        "speed": speed(listener),
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n")
    typer.echo(json.dumps(report["test_set"], indent=2))


def measured(listener: Listener, first: int) -> Figures:
    """The committed test set, heard utterance by utterance."""
    test, lexicon = testset.load(), lexicon_of_corpus()
    spoken = list(islice(testset.windows(test, Espeak()), first or None))
    pairs = ((w.samples, w.segments[0].words) for _, w in track(spoken, "test set"))
    heard = listener.compare_all(pairs)
    words = {word for s, _ in spoken for word in s.text.split()}
    unseen = {form for word in words if lexicon.lemma_of(word) & test.unseen for form in spelled(word)}
    return Figures(heard, frozenset(unseen))


def no_speech(listener: Listener, clips: int = 24) -> dict[str, Any]:
    """Words invented on silence and noise, 5 to 20 s each, without voice activity detection."""
    rng = np.random.default_rng(5)
    invented = [len(listener.heard(_noise(rng, silent=index % 4 == 0))) for index in range(clips)]
    return {"clips": clips, "clips_with_text": sum(count > 0 for count in invented), "words": sum(invented)}


def speed(listener: Listener) -> dict[str, float]:
    """Seconds of telephone speech heard in a second, sequential and batched, best of two."""
    spoken = [
        w.samples for _, w in zip(range(60), (w for _, w in testset.windows(testset.load(), Espeak())), strict=False)
    ]
    samples = np.concatenate(spoken)
    pipeline = BatchedInferencePipeline(listener.model)

    def seconds(batched: bool) -> float:
        started = time.monotonic()
        if batched:
            list(pipeline.transcribe(samples, language="ru", batch_size=8, beam_size=1)[0])
        else:
            listener.heard(samples)
        return time.monotonic() - started

    length = samples.size / 16_000
    return {
        "audio_s": round(length, 1),
        "sequential_times_real_time": round(length / min(seconds(False), seconds(False)), 1),
        "batched_greedy_vad_times_real_time": round(length / min(seconds(True), seconds(True)), 1),
    }


def _or_reason(comparisons: list[Comparison]) -> dict[str, Any]:
    if not comparisons:
        return {"skipped": "festival with festvox-ru is not installed"}
    return {"voice": "festival, voice_msu_ru_nsh_clunits"} | Figures(comparisons).summary()


def _noise(rng: np.random.Generator, silent: bool) -> Samples:
    samples = np.zeros(int(rng.uniform(5, 20) * TELEPHONE_HZ), np.float32)
    if silent:
        return resampled(samples, TELEPHONE_HZ, 16_000)
    samples[rng.integers(samples.size)] = 0.5
    return resampled(through_line(samples, Line.drawn(rng), rng), TELEPHONE_HZ, 16_000)
