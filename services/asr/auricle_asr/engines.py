"""Settings become an engine: one for everything, or one for each language that has weights of its own."""

from pathlib import Path

from auricle_asr.errors import SpeechEngineFailed
from auricle_asr.settings import AsrSettings
from auricle_asr.speech.engine import SpeechEngine
from auricle_asr.speech.onnx_weights import is_onnx
from auricle_asr.speech.openai_engine import OpenAiSpeechEngine, ServerOptions
from auricle_asr.speech.routed_engine import RoutedEngine


def engine(settings: AsrSettings) -> SpeechEngine:
    """The engines that the settings name; local models are loaded here. Raises SpeechEngineFailed."""
    routes = {language: _routed(settings, language, folder) for language, folder in settings.speech_models.items()}
    others = _others(settings)
    return RoutedEngine(others, routes) if routes else others


def _others(settings: AsrSettings) -> SpeechEngine:
    if settings.speech_engine == "openai":
        key = settings.speech_api_key.get_secret_value() if settings.speech_api_key else None
        return OpenAiSpeechEngine(
            ServerOptions(
                settings.speech_url, settings.speech_model, key, settings.speech_batch, settings.speech_timeout_seconds
            )
        )
    if settings.speech_engine == "onnx-asr" or is_onnx(Path(settings.speech_model)):
        return _onnx(settings, settings.speech_model, settings.speech_languages)
    return _whisper(settings, settings.speech_model, settings.speech_languages)


def _routed(settings: AsrSettings, language: str, model: str) -> SpeechEngine:
    """The engine for one language, told by the files of its folder. Raises SpeechEngineFailed where those know others only."""
    loaded = _onnx(settings, model, ()) if is_onnx(Path(model)) else _whisper(settings, model, (language,))
    known = loaded.facts.languages
    if known and language not in known:
        raise SpeechEngineFailed(
            f"AURICLE_SPEECH_MODELS gives {language!r} to {loaded.facts.name}, which knows {', '.join(sorted(known))}",
            action="Give that language to weights that know it, or leave it to AURICLE_SPEECH_MODEL.",
        )
    return loaded


def _onnx(settings: AsrSettings, model: str, languages: tuple[str, ...]) -> SpeechEngine:
    from auricle_asr.speech.onnx_engine import OnnxOptions, OnnxSpeechEngine  # heavy, and not every worker's

    return OnnxSpeechEngine(
        OnnxOptions(Path(model), settings.speech_device, settings.speech_threads, settings.speech_batch, languages)
    )


def _whisper(settings: AsrSettings, model: str, languages: tuple[str, ...]) -> SpeechEngine:
    from auricle_asr.speech.faster_whisper_engine import (  # heavy, and not every worker's
        FasterWhisperEngine,
        WhisperOptions,
    )

    return FasterWhisperEngine(
        WhisperOptions(
            model, settings.speech_device, settings.speech_compute_type, settings.speech_threads,
            settings.speech_beam, settings.speech_batch, languages,
        )
    )  # fmt: skip
