"""Settings become parts; the only constructor of the service."""

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
from auricle_records import shifts
from auricle_records.blobs import open_store
from auricle_records.database import Database
from auricle_records.runs import Desk, RunRow
from auricle_records.shifts import Post
from auricle_streams import Consumer, Leases, Streams, Worker

from auricle_asr.readiness import EngineRoom
from auricle_asr.recordings.decoding import DecoderLimits
from auricle_asr.recordings.nursery import Nursery
from auricle_asr.settings import AsrSettings
from auricle_asr.speech.engine import SpeechEngine
from auricle_asr.speech.listening import Listener, ListeningRules
from auricle_asr.speech.openai_engine import OpenAiSpeechEngine, ServerOptions
from auricle_asr.speech.phrases import KnownInventions
from auricle_asr.speech.voice import VoiceSettings
from auricle_asr.survey import Surveyor
from auricle_asr.transcriber import Transcriber
from auricle_asr.transcription.roles import CueBook
from auricle_asr.transcription.transcript import TranscriptRules
from auricle_asr.worker import Transcribe

LONGEST_CLIP_S, PAD_S = 28.0, 0.5


@dataclass(frozen=True)
class Parts:
    """The worker's loop, and the room that its side door shows."""

    worker: Worker[RunRow]
    room: EngineRoom


@asynccontextmanager
async def wire(settings: AsrSettings, leases: Leases, drain: Drain) -> AsyncIterator[Parts]:
    """Everything open and connected, the engine not yet loaded; closed in reverse order."""
    async with AsyncExitStack() as stack:
        db = await stack.enter_async_context(Database.connect(settings.database_url))
        streams = await stack.enter_async_context(Streams.connect(settings.redis_url))
        store = open_store(settings.blob_url)
        stack.push_async_callback(store.close)
        room = EngineRoom(lambda: engine(settings))
        stack.push_async_callback(room.close)
        nursery = await stack.enter_async_context(Nursery())
        meter = Meter()
        await stack.enter_async_context(shifts.reporting(db, meter, Post.now("asr", lambda: device(settings, room))))
        step = Transcribe(
            db, store, lambda: transcriber(settings, room.engine), lambda: surveyor(settings, room.engine), meter,
            limits(settings), nursery, work_dir(settings), settings.speech_language, settings.speech_device_name,
        )  # fmt: skip
        worker = Worker(
            Consumer(streams, Step.TRANSCRIBE, leases.consumer, settings.lease_policy), Desk(db), step,
            leases=leases, drain=drain, ready=room.ready, prepare=step.prepare, prefetch=1,
            drain_seconds=settings.drain_seconds,
        )  # fmt: skip
        yield Parts(worker, room)


def device(settings: AsrSettings, room: EngineRoom) -> str:
    """What the ledger calls it; until the engine is loaded, what it was asked for."""
    loaded = room.engine.facts.device if room.is_loaded else settings.speech_device
    return settings.speech_device_name or loaded


def engine(settings: AsrSettings) -> SpeechEngine:
    """The engine that the settings name; a local model is loaded here. Raises SpeechEngineFailed."""
    if settings.speech_engine == "openai":
        key = settings.speech_api_key.get_secret_value() if settings.speech_api_key else None
        return OpenAiSpeechEngine(
            ServerOptions(
                settings.speech_url, settings.speech_model, key, settings.speech_batch, settings.speech_timeout_seconds
            )
        )
    from auricle_asr.speech.faster_whisper_engine import (  # heavy, and not every worker's
        FasterWhisperEngine,
        WhisperOptions,
    )

    return FasterWhisperEngine(
        WhisperOptions(
            settings.speech_model, settings.speech_device, settings.speech_compute_type, settings.speech_threads,
            settings.speech_beam, settings.speech_batch, settings.speech_languages,
        )
    )  # fmt: skip


def transcriber(settings: AsrSettings, loaded: SpeechEngine) -> Transcriber:
    """Everything between a surveyed recording and its transcript."""
    rules = ListeningRules(temperatures=settings.speech_temperatures, batch_windows=settings.speech_batch)
    return Transcriber(
        Listener(loaded, rules, known_inventions()),
        cue_book(),
        TranscriptRules(settings.agent_track, settings.role_threshold, settings.low_confidence),
    )


def surveyor(settings: AsrSettings, loaded: SpeechEngine) -> Surveyor:
    """What looks at a recording before the engine does. Long speech is cut at pauses, to fit into the engine's windows."""
    longest_s = min(LONGEST_CLIP_S, loaded.facts.window_seconds - PAD_S)
    return Surveyor(VoiceSettings(threshold=settings.voice_threshold, longest_s=longest_s), settings.agent_track)


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
def cue_book() -> CueBook:
    """The shipped cues."""
    return CueBook.of(_data("role_cues.toml"))


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
