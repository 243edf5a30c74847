"""What dashboards know of the speech step."""

from auricle_kit.metrics import counter, histogram

from auricle_asr.speech.listening import Listened

AUDIO_SECONDS = counter("auricle_asr_audio_seconds", "Seconds of recordings that were transcribed.")
SPEECH_SECONDS = counter("auricle_asr_speech_seconds", "Seconds of speech found in them, over all tracks.")
ENGINE_SECONDS = histogram("auricle_asr_listen_seconds", "Wall time from decoded tracks to transcript.")
WINDOWS = counter("auricle_asr_windows", "Windows decoded, by what became of their first try.", ["verdict"])
RETRIES = counter("auricle_asr_window_retries", "Decodings of windows that had failed before.")
DROPPED = counter("auricle_asr_windows_dropped", "Windows whose words were not believed: silence or known inventions.")


def observe(listened: Listened, audio_seconds: float, seconds: float) -> None:
    """Count one recording."""
    AUDIO_SECONDS.inc(audio_seconds)
    SPEECH_SECONDS.inc(listened.speech_seconds)
    ENGINE_SECONDS.observe(seconds)
    RETRIES.inc(listened.retried)
    DROPPED.inc(listened.dropped)
    for verdict, count in listened.verdicts.items():
        WINDOWS.labels(verdict).inc(count)
