"""Held-out calls heard by the product and by bare faster-whisper with the same weights: words, roles, times of words, speech without one.

`make bench-calls WEIGHTS=folder CALLS=folder` writes docs/evidence/speech-calls.json. CALLS is what
`python -m auricle_samples.voice out/heldout --scripts --split heldout` makes: recordings with a description and a truth each. Intervals:
2.5 to 97.5 % of 2,000 resamples of calls.
"""

import argparse
import asyncio
import json
import os
import platform
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from auricle_asr import engines, wiring
from auricle_asr.recordings.decoder_pool import DecoderPool
from auricle_asr.recordings.decoding import DecoderLimits, decode
from auricle_asr.recordings.recording import RATE_HZ, DecodedRecording
from auricle_asr.settings import AsrSettings
from auricle_asr.speech.engine import SpeechEngine
from auricle_asr.speech.faster_whisper_engine import FasterWhisperEngine
from auricle_asr.speech.phrases import normalised
from auricle_asr.transcriber import Transcribed
from auricle_asr.transcription.transcript import Call
from auricle_contracts import ConversationIn, Direction
from bench import call_figures
from bench.call_figures import CallTruth
from bench.speech_words import as_float, bare

EVIDENCE = Path(__file__).parents[2] / "docs" / "evidence" / "speech-calls.json"
RESAMPLES = 2000
OURS = "auricle"
MIXED = " mixed"


@dataclass
class MeasuredCall:
    """Counts of one call: words by way of hearing, roles, and seconds of speech. `tracks`: of the recording that was heard."""

    name: str
    language: str
    tracks: int
    seconds: float
    ways: dict[str, Counter[str]]
    roles: Counter[str]
    time_errors_ms: list[int]
    speech_s: float
    missing_s: float


@dataclass(frozen=True)
class CallBench:
    """One set of weights in the product's parts, and bare where they are Whisper's."""

    settings: AsrSettings
    engine: SpeechEngine

    async def measure(self, source: Path, decoders: DecoderPool) -> list[MeasuredCall]:
        """The call of this recording, whose description and truth lie beside it; one of two tracks also mixed to one, product only."""
        about = ConversationIn.model_validate_json(source.with_suffix(".json").read_bytes())
        truth = source.with_suffix(".truth.json")
        with tempfile.TemporaryDirectory() as folder:
            recording = await decode(source, Path(folder), DecoderLimits(), decoders)
            recorded = await self._product(source.stem, recording, Path(folder), about, truth)
            said = CallTruth.read(truth, len(recording.tracks)).tracks
            for way, words in self._bare(recording).items():
                recorded.ways[way] = _sum(map(call_figures.errors, said, words))
            if len(recording.tracks) == 1:
                return [recorded]
            mixed = await self._product(
                f"{source.stem}{MIXED}", _mixed(recording), Path(folder), _unnamed(about), truth
            )
        return [recorded, mixed]

    async def _product(
        self, name: str, recording: DecodedRecording, folder: Path, about: ConversationIn, truth_file: Path
    ) -> MeasuredCall:
        done = await self._transcribed(recording, folder, about)
        return _measured(name, recording, done, truth_file)

    async def _transcribed(self, recording: DecodedRecording, folder: Path, about: ConversationIn) -> Transcribed:
        audio = await wiring.preprocessor(self.settings, self.engine).prepare(recording, about.participants, folder)
        call = Call(about.external_id or "call", 1, about.direction or Direction.INBOUND, about.participants)
        return await wiring.transcriber(self.settings, self.engine).transcribe(call, audio, about.language)

    def _bare(self, recording: DecodedRecording) -> dict[str, list[list[str]]]:
        """The words of each track, by way. These find the language of each track themselves."""
        if not isinstance(self.engine, FasterWhisperEngine):
            return {}
        return {
            way: [normalised("".join(one.text for one in hear(as_float(track)))).split() for track in recording.tracks]
            for way, hear in bare(self.engine.model, self.settings).items()
        }


def _measured(name: str, recording: DecodedRecording, done: Transcribed, truth_file: Path) -> MeasuredCall:
    heard = call_figures.heard_words(done)
    truth = CallTruth.read(truth_file, len(heard))
    words = [[word.text for word in track] for track in heard]
    paired = [pair for said, track in zip(truth.tracks, heard, strict=True) for pair in call_figures.pairs(said, track)]
    return MeasuredCall(
        name, json.loads(truth_file.read_bytes())["language"], len(recording.tracks), recording.duration_ms / 1000,
        {OURS: _sum(map(call_figures.errors, truth.tracks, words))},
        call_figures.roles(truth, paired), call_figures.time_errors_ms(paired),
        sum(track.speech_s for track in done.recognised.tracks), sum(track.missing_s for track in done.recognised.tracks),
    )  # fmt: skip


def _mixed(recording: DecodedRecording) -> DecodedRecording:
    both = np.mean([np.asarray(track, np.float32) for track in recording.tracks], axis=0)
    return replace(recording, tracks=(both.astype(np.int16),))


def _unnamed(about: ConversationIn) -> ConversationIn:
    """Nobody's track is told of one that holds all."""
    people = tuple(one.model_copy(update={"track": None}) for one in about.participants)
    return about.model_copy(update={"participants": people})


def _sum(counts: Iterable[Counter[str]]) -> Counter[str]:
    return sum(counts, Counter())


def share(
    calls: Sequence[MeasuredCall], part: Callable[[MeasuredCall], float], whole: Callable[[MeasuredCall], float]
) -> dict[str, Any]:
    """Per cent of a part in a whole over all calls, with n (of the whole) and the interval over calls."""
    counts = np.array([(part(one), whole(one)) for one in calls], float)
    drawn = np.random.default_rng(0).integers(0, len(calls), (RESAMPLES, len(calls)))
    sums = counts[drawn].sum(axis=1)
    low, high = np.percentile(100 * sums[:, 0] / np.maximum(sums[:, 1], 1e-9), (2.5, 97.5))
    total = counts.sum(axis=0)
    return {
        "percent": round(100 * total[0] / total[1], 1), "interval": [round(low, 1), round(high, 1)], "n": round(total[1]),
    }  # fmt: skip


def figures(calls: Sequence[MeasuredCall]) -> dict[str, Any]:
    """What a group of calls comes to."""
    errors = [ms for one in calls for ms in one.time_errors_ms]
    return {
        "calls": len(calls),
        "audio_seconds": round(sum(one.seconds for one in calls), 1),
        "words": {way: _words(calls, way) for way in calls[0].ways if all(way in one.ways for one in calls)},
        "turns_with_their_role": share(calls, lambda one: one.roles["right"], lambda one: one.roles["turns"])
        | {name: sum(one.roles[name] for one in calls) for name in ("wrong", "unknown", "unheard")},
        "word_start_error_ms": {
            "median": round(float(np.median(errors))), "p90": round(float(np.percentile(errors, 90))), "n": len(errors),
        },
        "speech_without_a_word": share(calls, lambda one: one.missing_s, lambda one: one.speech_s),
    }  # fmt: skip


def _words(calls: Sequence[MeasuredCall], way: str) -> dict[str, Any]:
    counts = _sum(one.ways[way] for one in calls)
    wer = share(calls, lambda one: one.ways[way]["errors"], lambda one: one.ways[way]["words"])
    return {"wer": wer, "heard": counts["heard"], "lost": counts["lost"]}


def of_call(one: MeasuredCall) -> dict[str, Any]:
    """One call's row."""
    return {
        "language": one.language, "tracks": one.tracks, "seconds": round(one.seconds, 1), "words": one.ways[OURS]["words"],
        "wer_percent": {way: round(100 * count["errors"] / count["words"], 1) for way, count in one.ways.items()},
        "lost": {way: count["lost"] for way, count in one.ways.items()},
        "roles": dict(sorted(one.roles.items())),
        "word_start_error_ms": round(float(np.median(one.time_errors_ms))) if one.time_errors_ms else None,
        "speech_without_a_word_s": round(one.missing_s, 1),
    }  # fmt: skip


def groups(calls: Sequence[MeasuredCall]) -> dict[str, list[MeasuredCall]]:
    """All calls as they were recorded, and the cuts that the table shows; `one track` has those that were mixed beside the mono ones."""
    recorded = [one for one in calls if not one.name.endswith(MIXED)]
    cuts = {
        "all": recorded,
        "mono": [one for one in recorded if one.tracks == 1],
        "two tracks": [one for one in recorded if one.tracks == 2],
        **{language: [one for one in recorded if one.language == language] for language in ("ru", "en")},
        "one track": [one for one in calls if one.tracks == 1],
    }
    return {name: found for name, found in cuts.items() if found}


async def run(weights: str, sources: Sequence[Path]) -> dict[str, Any]:
    settings = AsrSettings(speech_model=weights, speech_device="cpu", speech_compute_type="auto")
    bench = CallBench(settings, engines.engine(settings))
    await bench.engine.decode([np.zeros(RATE_HZ, np.float32)], ["en"], 0.0)
    load = os.getloadavg()[0]
    calls: list[MeasuredCall] = []
    async with DecoderPool() as decoders:
        for source in sources:
            for one in await bench.measure(source, decoders):
                print(one.name, json.dumps(of_call(one), ensure_ascii=False), flush=True)
                calls.append(one)
    return {
        "command": "make bench-calls WEIGHTS=… CALLS=…", "measured": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, shared with other work, load {load:.1f} before",
        "weights": bench.engine.facts.named,
        **{name: figures(found) for name, found in groups(calls).items()},
        "by_call": {one.name: of_call(one) for one in calls},
    }  # fmt: skip


def recordings(folder: Path) -> list[Path]:
    """Those with a truth, by name."""
    return sorted(
        path for path in folder.iterdir() if path.suffix != ".json" and path.with_suffix(".truth.json").is_file()
    )


def main() -> None:
    """Entry."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", required=True, help="folder in CTranslate2's format or ONNX")
    parser.add_argument("--calls", required=True, type=Path, help="folder of recordings with description and truth")
    parser.add_argument("--out", type=Path, default=EVIDENCE)
    arguments = parser.parse_args()
    found = asyncio.run(run(arguments.weights, recordings(arguments.calls)))
    print(json.dumps({name: found[name] for name in found if name != "by_call"}, indent=1, ensure_ascii=False))
    arguments.out.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
