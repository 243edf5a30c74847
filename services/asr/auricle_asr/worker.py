"""The `transcribe` step: `prepare` fetches and decodes the next recording while the handler's engine works on this one."""

import asyncio
import json
import shutil
import tempfile
import time
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from auricle_contracts import Step, Usage
from auricle_kit import tracing
from auricle_kit.metering import Meter
from auricle_records import conversations, paths, recipes, results
from auricle_records.blobs import BlobStore
from auricle_records.conversations import Source
from auricle_records.database import Database
from auricle_records.errors import DeletedMeanwhile
from auricle_records.runs import RunRow
from auricle_streams import Held, NextRun

from auricle_asr import metrics
from auricle_asr.preprocessing import PreparedAudio, Preprocessor
from auricle_asr.recordings.decoder_pool import DecoderPool
from auricle_asr.recordings.decoding import DecoderLimits, decode
from auricle_asr.recordings.recording import DecodedRecording, waveform
from auricle_asr.speech.engine import EngineFacts
from auricle_asr.transcriber import Transcribed, Transcriber
from auricle_asr.transcription.transcript import Call


@dataclass(frozen=True, eq=False)
class Prepared:
    """A decoded recording in a folder of its own, which goes away with this object."""

    source: Source
    recording: DecodedRecording
    audio: PreparedAudio
    peaks: bytes
    folder: Path
    decode_seconds: float


@dataclass(frozen=True)
class Transcribe:
    """Called for each run. `transcriber` and `preprocessor` are asked for late: the engine loads meanwhile."""

    db: Database
    store: BlobStore
    transcriber: Callable[[], Transcriber]
    preprocessor: Callable[[], Preprocessor]
    meter: Meter
    limits: DecoderLimits
    decoders: DecoderPool
    work_dir: Path
    language: str | None
    device_name: str | None

    async def prepare(self, run: RunRow) -> Prepared:
        """Fetch, decode and preprocess. Raises RecordingRefused; leaves nothing behind but the folder of what it returns."""
        source = await conversations.load_source(self.db, run)
        folder = Path(tempfile.mkdtemp(prefix="recording-", dir=self.work_dir))
        try:
            began = time.perf_counter()
            with tracing.span("decode and preprocess"):
                path = await self.store.local_path(source.body.blob_key, folder)
                recording = await decode(path, folder, self.limits, self.decoders)
                audio = await self.preprocessor().prepare(recording, source.participants, folder)
                peaks = await asyncio.to_thread(lambda: json.dumps(waveform(recording.tracks)).encode())
            prepared = Prepared(source, recording, audio, peaks, folder, time.perf_counter() - began)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        weakref.finalize(prepared, shutil.rmtree, folder, ignore_errors=True)
        return prepared

    async def __call__(self, run: RunRow, held: Held) -> Sequence[NextRun]:
        """Listen and commit; the next run is the evaluation."""
        prepared = held.prepared
        assert isinstance(prepared, Prepared)
        source, transcriber = prepared.source, self.transcriber()
        call = Call(run.conversation_id, run.revision, source.direction, source.participants)
        audio_s = prepared.recording.duration_ms / 1000
        terms = await recipes.vocabulary(self.db, run.workspace, run.recipe)
        with self.meter.job() as job:
            with tracing.span("recognise"), job.measure(audio_s):
                done = await transcriber.transcribe(call, prepared.audio, source.language or self.language, terms)
            metrics.observe(done.recognised, audio_s, done.seconds)
            usages = self._usages(prepared, job.seconds, done.recognised.heard_by)
            committed = await self._commit(run, held, prepared, done, usages)
            if committed.first:
                job.keep()
        return committed.next_runs

    async def _commit(
        self, run: RunRow, held: Held, prepared: Prepared, done: Transcribed, usages: Sequence[Usage]
    ) -> results.Committed:
        """Blobs first. The transcript's goes again when its row surely did not come to be; after another error nobody knows, so it stays,
        and keeper removes it if no row names it. The peaks are the same whoever writes them, and go with a deleted conversation.
        """
        heard = _heard(run, prepared, done)
        assert heard.peaks_key
        await self.store.put_bytes(heard.peaks_key, prepared.peaks)
        await self.store.put_bytes(heard.blob_key, done.transcript.model_dump_json().encode())
        await held.confirm()
        try:
            committed = await results.commit_transcript(
                self.db, run, heard, usages=usages, traceparent=tracing.traceparent()
            )
        except DeletedMeanwhile:
            await self.store.delete(heard.blob_key)
            await self.store.delete(heard.peaks_key)
            raise
        if not committed.first:
            await self.store.delete(heard.blob_key)
        return committed

    def _usages(self, prepared: Prepared, seconds: float, engines: Sequence[EngineFacts]) -> list[Usage]:
        """`seconds`: the engines' and what goes with them; while one works on this recording, the device is nobody else's."""
        audio_seconds = prepared.recording.duration_ms / 1000
        return [
            Usage(
                step=Step.TRANSCRIBE, part="decoding", device="cpu", seconds=prepared.decode_seconds,
                audio_seconds=audio_seconds,
            ),
            Usage(
                step=Step.TRANSCRIBE, part="speech", device=self.device_name or engines[0].device, seconds=seconds,
                audio_seconds=audio_seconds, model=" + ".join(one.named for one in engines),
            ),
        ]  # fmt: skip


def _heard(run: RunRow, prepared: Prepared, done: Transcribed) -> results.Heard:
    recording = prepared.recording
    return results.Heard(
        transcript=done.transcript,
        blob_key=paths.transcript(run.workspace, run.conversation_id, run.revision),
        peaks_key=paths.peaks(run.workspace, run.conversation_id),
        duration_ms=recording.duration_ms,
        declared_duration_ms=recording.declared_ms,
        tracks=len(recording.tracks),
        sample_rate_hz=recording.source_rate_hz,
        flags=recording.flags,
    )
