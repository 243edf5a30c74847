"""Settings become parts; the only constructor of the service."""

import json
import os
import shutil
import tempfile
import tomllib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from auricle_contracts import Step
from auricle_kit.drain import Drain
from auricle_kit.metering import Meter
from auricle_records import worker_uptime
from auricle_records.blobs import open_store
from auricle_records.database import Database
from auricle_records.grants import ASR
from auricle_records.runs import PostgresRunStore, RunRow
from auricle_records.worker_uptime import WorkerIdentity
from auricle_streams import Consumer, Leases, Streams, Worker

from auricle_asr.engine_loader import EngineLoader
from auricle_asr.engines import engine
from auricle_asr.preprocessing import Preprocessor
from auricle_asr.recordings.decoder_pool import DecoderPool
from auricle_asr.recordings.decoding import DecoderLimits
from auricle_asr.settings import AsrSettings
from auricle_asr.speech.engine import SpeechEngine
from auricle_asr.speech.phrases import KnownInventions
from auricle_asr.speech.recognition import Recogniser, RecognitionRules
from auricle_asr.speech.voice import VoiceSettings
from auricle_asr.tone import CUSTOMERS, EVERY_ROLE
from auricle_asr.transcriber import Transcriber
from auricle_asr.transcription.cues import CueBook
from auricle_asr.transcription.side_words import SideWords
from auricle_asr.transcription.transcript import TranscriptRules
from auricle_asr.worker import Transcribe

LONGEST_CLIP_S, PAD_S = 28.0, 0.5


@dataclass(frozen=True)
class Parts:
    """The worker's loop, and the engine whose state its health server shows."""

    worker: Worker[RunRow]
    engine_loader: EngineLoader


@asynccontextmanager
async def wire(settings: AsrSettings, leases: Leases, drain: Drain) -> AsyncIterator[Parts]:
    """Everything open and connected, the engine not yet loaded; closed in reverse order."""
    async with AsyncExitStack() as stack:
        db = await stack.enter_async_context(Database.connect(settings.database_url, role=ASR))
        streams = await stack.enter_async_context(Streams.connect(settings.redis_url))
        store = open_store(settings.blob_url)
        stack.push_async_callback(store.close)
        loader = EngineLoader(lambda: engine(settings))
        stack.push_async_callback(loader.close)
        decoders = await stack.enter_async_context(DecoderPool())
        meter = Meter()
        await stack.enter_async_context(
            worker_uptime.reporting(db, meter, WorkerIdentity.now("asr", lambda: device(settings, loader)))
        )
        step = Transcribe(
            db, store, lambda: transcriber(settings, loader.engine), lambda: preprocessor(settings, loader.engine), meter,
            limits(settings), decoders, work_dir(settings), settings.speech_language, settings.speech_device_name,
        )  # fmt: skip
        worker = Worker(
            Consumer(streams, Step.TRANSCRIBE, leases.consumer, settings.lease_policy), PostgresRunStore(db), step,
            leases=leases, drain=drain, ready=loader.ready, prepare=step.prepare, prefetch=1,
            drain_seconds=settings.drain_seconds,
        )  # fmt: skip
        yield Parts(worker, loader)


def device(settings: AsrSettings, loader: EngineLoader) -> str:
    """What the ledger calls it; until the engine is loaded, what it was asked for."""
    loaded = loader.engine.facts.device if loader.is_loaded else settings.speech_device
    return settings.speech_device_name or loaded


def transcriber(settings: AsrSettings, loaded: SpeechEngine) -> Transcriber:
    """Everything between a preprocessed recording and its transcript."""
    rules = RecognitionRules(temperatures=settings.speech_temperatures, batch_windows=settings.speech_batch)
    return Transcriber(
        Recogniser(loaded, rules, known_inventions()),
        cue_book(),
        TranscriptRules(settings.agent_track, settings.role_threshold, settings.low_confidence),
        EVERY_ROLE if settings.agent_tone else CUSTOMERS,
    )


def preprocessor(settings: AsrSettings, loaded: SpeechEngine) -> Preprocessor:
    """What looks at a recording before the engine does. Long speech is cut at pauses, to fit into the engine's windows."""
    longest_s = min(LONGEST_CLIP_S, loaded.facts.window_seconds - PAD_S)
    return Preprocessor(VoiceSettings(threshold=settings.voice_threshold, longest_s=longest_s), settings.agent_track)


def limits(settings: AsrSettings) -> DecoderLimits:
    """What one recording may take."""
    return DecoderLimits(
        settings.max_audio_seconds,
        settings.decoder_memory_mib,
        settings.decoder_cpu_seconds,
        settings.decoder_wall_seconds,
    )


@cache
def known_inventions() -> KnownInventions:
    """The shipped list."""
    return KnownInventions.of(**_data("inventions.toml"))


@cache
def cue_book(words: SideWords | None = None) -> CueBook:
    """The shipped phrases, with these words of sides or the shipped ones."""
    return CueBook.of(_data("role_cues.toml"), words or _side_words())


@cache
def _side_words() -> SideWords:
    table = resources.files("auricle_asr").joinpath("data", "side_words.json").read_text(encoding="utf-8")
    return SideWords(json.loads(table)["odds"])


def _data(file: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("auricle_asr").joinpath("data", file).read_text(encoding="utf-8"))


def work_dir(settings: AsrSettings) -> Path:
    """A folder for this process's decoded audio; those of processes that died in their work are removed."""
    root = (settings.work_dir or Path(tempfile.gettempdir())) / "auricle-asr"
    root.mkdir(parents=True, exist_ok=True)
    for left in root.iterdir():
        if left.name.isdecimal() and not Path("/proc", left.name).exists():
            shutil.rmtree(left, ignore_errors=True)
    mine = root / str(os.getpid())
    mine.mkdir(exist_ok=True)
    return mine
