"""What can be wrong with a recording or its engine.

AuricleError
├── RecordingRefused      422  the item's own fault: the run ends with its code
│   ├── NotAudio               no format that we open
│   ├── AudioBroken            a known format, but nothing of it can be decoded
│   ├── AudioEmpty             zero samples
│   ├── AudioTooLong           longer than the setting allows
│   ├── TooManyTracks          more than two
│   └── DecoderLimit           memory or time ran out while decoding: a bomb, or a setting too tight
├── SpeechEngineFailed    503  the engine fails on this recording (retryable, counted)
└── DependencyUnavailable
    └── SpeechServerUnavailable   the speech server does not answer: nobody's fault, not counted
"""

from auricle_contracts import Code
from auricle_kit.errors import AuricleError, DependencyUnavailable


class RecordingRefused(AuricleError):
    """Trying again gives the same."""

    code = Code.AUDIO_BROKEN
    status = 422


class NotAudio(RecordingRefused):
    """It is none of wav, mp3, ogg, flac, m4a, aac, amr."""

    code = Code.NOT_AUDIO


class AudioBroken(RecordingRefused):
    """Nothing of it can be decoded."""

    code = Code.AUDIO_BROKEN


class AudioEmpty(RecordingRefused):
    """It holds no samples."""

    code = Code.AUDIO_EMPTY


class AudioTooLong(RecordingRefused):
    """It is longer than `AURICLE_MAX_AUDIO_SECONDS`."""

    code = Code.AUDIO_TOO_LONG


class TooManyTracks(RecordingRefused):
    """It has more than two tracks."""

    code = Code.TOO_MANY_TRACKS


class DecoderLimit(RecordingRefused):
    """The decoder was stopped by its memory, CPU or time limit."""

    code = Code.DECODER_LIMIT


class SpeechEngineFailed(AuricleError):
    """The engine cannot be loaded, fails, or answers nonsense."""

    code = Code.SPEECH_ENGINE_FAILED
    status = 503
    retryable = True


class SpeechServerUnavailable(DependencyUnavailable):
    """The recording waits until the server is back."""


REFUSALS: dict[str, type[RecordingRefused]] = {
    error.code: error for error in (NotAudio, AudioBroken, AudioEmpty, AudioTooLong, TooManyTracks, DecoderLimit)
}
