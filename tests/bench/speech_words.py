"""Words that are heard in recordings, beside bare faster-whisper with the same weights in the same run; words invented where nobody speaks.

`make bench-speech WEIGHTS=folder RECORDINGS=folder` writes docs/evidence/speech-words.json. The folder holds recordings, each with its
words in NAME.txt where they are known. Only figures are written. CPU seconds are this process's: VAD and recognition, no decoding of files.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from auricle_asr import engines, wiring
from auricle_asr.errors import RecordingRefused
from auricle_asr.recordings.decoder_pool import DecoderPool
from auricle_asr.recordings.decoding import DecoderLimits, decode
from auricle_asr.recordings.recording import RATE_HZ, DecodedRecording
from auricle_asr.settings import AsrSettings
from auricle_asr.speech.engine import SpeechEngine
from auricle_asr.speech.faster_whisper_engine import FasterWhisperEngine
from auricle_asr.speech.phrases import normalised
from auricle_asr.speech.recognised import Recognised
from auricle_asr.speech.recognition import Recogniser
from faster_whisper import BatchedInferencePipeline, WhisperModel
from integration.asr.sounds import quiet_clips
from rapidfuzz.distance import Levenshtein

EVIDENCE = Path(__file__).parents[2] / "docs" / "evidence" / "speech-words.json"
CLIPS = 200
Hear = Callable[[np.ndarray], Iterable[Any]]


@dataclass
class Way:
    """One way to hear: words of each recording, errors where its words are known, CPU seconds."""

    words: list[int] = field(default_factory=list)
    errors: int = 0
    cpu_s: float = 0.0

    def add(self, text: str, truth: str | None) -> None:
        heard = normalised(text).split()
        self.words.append(len(heard))
        if truth is not None:
            self.errors += Levenshtein.distance(normalised(truth).split(), heard)

    @contextmanager
    def timed(self) -> Iterator[None]:
        began = time.process_time()
        yield
        self.cpu_s += time.process_time() - began


@dataclass
class Bench:
    """The product's parts around one engine, and the same model bare where it is Whisper's."""

    settings: AsrSettings
    engine: SpeechEngine
    ways: dict[str, Way] = field(default_factory=lambda: {"auricle": Way()})
    truth_words: int = 0
    audio_s: float = 0.0
    speech_s: float = 0.0
    missing_s: float = 0.0
    recovered: int = 0

    async def hear(self, recording: DecodedRecording, folder: Path) -> Recognised:
        audio = await wiring.preprocessor(self.settings, self.engine).prepare(recording, (), folder)
        recogniser: Recogniser = wiring.transcriber(self.settings, self.engine).recogniser
        return await recogniser.recognise(audio.tracks, audio.speech, None)

    async def compare(self, recording: DecodedRecording, folder: Path, truth: str | None) -> None:
        self.audio_s += recording.duration_ms / 1000
        self.truth_words += len(normalised(truth or "").split())
        ours = self.ways["auricle"]
        with ours.timed():
            found = await self.hear(recording, folder)
        ours.add(" ".join(word.text for track in found.tracks for word in track.words), truth)
        self.speech_s += sum(track.speech_s for track in found.tracks)
        self.missing_s += sum(track.missing_s for track in found.tracks)
        self.recovered += found.recovered
        model = self.engine.model if isinstance(self.engine, FasterWhisperEngine) else None
        for name, hear in bare(model, self.settings).items() if model else ():
            with self.ways.setdefault(name, Way()).timed():
                text = "".join(segment.text for track in recording.tracks for segment in hear(as_float(track)))
            self.ways[name].add(text, truth)
        print({name: (way.words[-1], round(way.cpu_s, 1)) for name, way in self.ways.items()}, flush=True)


def bare(model: WhisperModel, settings: AsrSettings) -> dict[str, Hear]:
    """faster-whisper as its page shows it, with words and times as we need them."""
    batched = BatchedInferencePipeline(model=model)
    return {
        "sequential": lambda sound: model.transcribe(
            sound, beam_size=settings.speech_beam, vad_filter=True, word_timestamps=True
        )[0],
        "batched": lambda sound: batched.transcribe(
            sound, beam_size=settings.speech_beam, batch_size=settings.speech_batch, word_timestamps=True
        )[0],
    }


def as_float(track: Sequence[int] | np.ndarray) -> np.ndarray:
    return np.asarray(track, np.float32) / 32768


async def invented(bench: Bench, folder: Path) -> dict[str, int]:
    """Words heard in clips without speech."""
    words = reached = 0
    for clip in quiet_clips(CLIPS):
        recording = DecodedRecording((clip,), "pcm_s16le", RATE_HZ, None, ())
        found = await bench.hear(recording, folder)
        reached += bool(found.windows)
        words += sum(len(track.words) for track in found.tracks)
    return {"clips": CLIPS, "clips_that_reached_the_engine": reached, "words_invented": words}


async def run(weights: str, sources: Sequence[Path]) -> dict[str, Any]:
    settings = AsrSettings(speech_model=weights)
    engine = engines.engine(settings)
    bench = Bench(settings, engine)
    await engine.decode([np.zeros(RATE_HZ, np.float32)], ["en"], 0.0)
    refused = 0
    async with DecoderPool() as decoders:
        for source in sources:
            with tempfile.TemporaryDirectory() as folder:
                try:
                    recording = await decode(source, Path(folder), DecoderLimits(), decoders)
                except RecordingRefused:
                    refused += 1
                    continue
                known = source.with_suffix(".txt")
                await bench.compare(recording, Path(folder), known.read_text() if known.is_file() else None)
    with tempfile.TemporaryDirectory() as folder:
        quiet = await invented(bench, Path(folder))
    return figures(bench, engine.facts.name, refused) | {"no_speech": quiet}


def figures(bench: Bench, engine: str, refused: int) -> dict[str, Any]:
    ours, batched = bench.ways["auricle"], bench.ways.get("batched")
    most = max((sum(way.words) for name, way in bench.ways.items() if name != "auricle"), default=0)
    ways = {
        name: {"words": sum(way.words), "cpu_seconds": round(way.cpu_s, 1)}
        | ({"wer_percent": round(100 * way.errors / bench.truth_words, 2)} if bench.truth_words else {})
        for name, way in bench.ways.items()
    }
    return {
        "measured": datetime.now(UTC).date().isoformat(), "command": "make bench-speech WEIGHTS=… RECORDINGS=…", "engine": engine,
        "recordings": len(ours.words), "refused": refused, "audio_seconds": round(bench.audio_s, 1),
        "words_known": bench.truth_words,
        "ways": ways,
        "fewer_words_than_the_better_percent": round(100 * (most - sum(ours.words)) / most, 2) if most else None,
        "speed_beside_batched": round(batched.cpu_s / ours.cpu_s, 2) if batched and ours.cpu_s else None,
        "speech_seconds": round(bench.speech_s, 1), "missing_seconds": round(bench.missing_s, 1), "words_recovered": bench.recovered,
    }  # fmt: skip


def main() -> None:
    """Entry."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--weights",
        required=True,
        help="folder in CTranslate2's format or ONNX, or a name that faster-whisper knows",
    )
    parser.add_argument("--recordings", required=True, type=Path, help="folder of recordings")
    parser.add_argument("--out", type=Path, default=EVIDENCE)
    arguments = parser.parse_args()
    sources = sorted(path for path in arguments.recordings.iterdir() if path.suffix not in (".txt", ".json", ".md"))
    found = asyncio.run(run(arguments.weights, sources))
    print(json.dumps(found, indent=1))
    arguments.out.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
