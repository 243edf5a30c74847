"""The settings of the asr worker."""

from pathlib import Path
from typing import Literal

from auricle_contracts import Language
from auricle_streams.settings import WorkerSettings
from pydantic import Field, SecretStr


class AsrSettings(WorkerSettings):
    """Which engine hears, on what, how much a recording may take, and when its words are not believed."""

    port: int = Field(9101, ge=0, le=65535, description="Health and metrics beside the worker; 0 turns them off.")
    database_url: str = Field(
        "postgresql+asyncpg://auricle_app@127.0.0.1:5432/auricle", description="Postgres, as the application's role."
    )
    blob_url: str = Field("file:///var/lib/auricle/blobs", description="Blob store: file:///folder or s3://bucket.")
    work_dir: Path | None = Field(
        None, description="Folder for decoded audio (115 MB an hour and track); default: /tmp."
    )

    speech_engine: Literal["faster-whisper", "onnx-asr", "openai"] = Field(
        "faster-whisper",
        description="`faster-whisper` and `onnx-asr` run in this process (a folder of ONNX files is always heard by the second), "
        "`openai` asks a server at speech_url.",
    )
    speech_model: str = Field(
        "models/speech",
        description="Folder in CTranslate2's format, a name that faster-whisper knows (large-v3-turbo), a folder of ONNX files, "
        "or the server's name.",
    )
    speech_models: dict[Language, str] = Field(
        default_factory=dict,
        description='JSON map of languages to folders that hear them in place of speech_model: {"ru": "/weights/gigaam-v3-e2e-rnnt"}.',
    )
    speech_device: Literal["auto", "cpu", "cuda"] = Field("auto", description="Where engines of this process compute.")
    speech_compute_type: str = Field("default", description="CTranslate2's type: int8, float16, int8_float16, …")
    speech_threads: int = Field(0, ge=0, description="CPU threads of the engine; 0: it decides.")
    speech_beam: int = Field(5, ge=1, le=20, description="Beam size.")
    speech_batch: int = Field(8, ge=1, le=128, description="Windows of 30 s that are decoded at once, of both tracks.")
    speech_language: str | None = Field(
        None, description="Language of every call that names none; empty: found per track."
    )
    speech_languages: tuple[str, ...] = Field(
        (), description="JSON list of languages that detection may answer; empty: all."
    )
    speech_temperatures: tuple[float, ...] = Field(
        (0.2, 0.4, 0.6, 0.8, 1.0), description="JSON list: what a window that failed is decoded again with, in turn."
    )
    speech_url: str = Field("http://127.0.0.1:8000/v1", description="OpenAI-compatible speech server, ending in /v1.")
    speech_api_key: SecretStr | None = Field(None, description="Bearer key of the speech server.")
    speech_timeout_seconds: float = Field(120.0, gt=0, description="How long the server may take for one window.")
    speech_device_name: str | None = Field(
        None, description="What the ledger calls the device, as the price file does; empty: what the engine says."
    )

    agent_track: Literal[0, 1] | None = Field(
        None, description="Track of the agent where a call does not say; empty: told by the words."
    )
    agent_tone: bool = Field(
        False,
        description="Whether the tone of agents' turns is measured too, and of turns of unknown role. A law may forbid it: the EU's "
        "AI Act does where emotions are told from it (article 5, 1 f).",
    )
    role_threshold: float = Field(0.55, ge=0.5, le=1, description="Below it a guessed role is `unknown`.")
    low_confidence: float = Field(0.5, ge=0, le=1, description="Mean word confidence that flags a transcript.")
    voice_threshold: float = Field(0.4, gt=0, lt=1, description="Probability from which Silero's VAD hears speech.")

    max_audio_seconds: float = Field(4 * 3600.0, gt=0, description="Longest recording.")
    decoder_memory_mib: int = Field(256, ge=128, description="Address space of the decoding child.")
    decoder_cpu_seconds: int = Field(120, ge=1, description="CPU time of the decoding child.")
    decoder_wall_seconds: float = Field(300.0, gt=0, description="Wall time of the decoding child.")
