"""What dashboards know of the speech step."""

from auricle_kit.metrics import counter, histogram

from auricle_asr.speech.recognised import Recognised

AUDIO_SECONDS = counter("auricle_asr_audio_seconds", "Seconds of recordings that were transcribed.")
SPEECH_SECONDS = counter("auricle_asr_speech_seconds", "Seconds of speech found in them, over all tracks.")
ENGINE_SECONDS = histogram("auricle_asr_listen_seconds", "Wall time from decoded tracks to transcript.")
WINDOWS = counter("auricle_asr_windows", "Windows decoded, by what became of their first try.", ["verdict"])
RETRIES = counter("auricle_asr_window_retries", "Decodings of windows that had failed before.")
DROPPED = counter(
    "auricle_asr_windows_dropped", "Windows whose words were not believed, by reason: silence, invention.", ["reason"]
)

RECOVERED = counter("auricle_asr_words_recovered", "Words found when speech without a word was decoded again.")
MISSING_SECONDS = counter("auricle_asr_missing_seconds", "Seconds of speech in which no word was heard.")


def observe(recognised: Recognised, audio_seconds: float, seconds: float) -> None:
    """Count one recording."""
    AUDIO_SECONDS.inc(audio_seconds)
    SPEECH_SECONDS.inc(recognised.speech_seconds)
    ENGINE_SECONDS.observe(seconds)
    RETRIES.inc(recognised.retried)
    RECOVERED.inc(recognised.recovered)
    MISSING_SECONDS.inc(sum(track.missing_s for track in recognised.tracks))
    for reason, count in recognised.dropped.items():
        DROPPED.labels(reason).inc(count)
    for verdict, count in recognised.verdicts.items():
        WINDOWS.labels(verdict).inc(count)
