"""Where somebody speaks: Silero's VAD (it comes with faster-whisper), run in blocks so that memory does not grow with the call."""

from dataclasses import dataclass

import numpy as np
from faster_whisper.vad import VadOptions, get_speech_timestamps
from numpy.typing import NDArray

from auricle_asr.recordings.recording import RATE_HZ, SAMPLES_PER_MS, Samples
from auricle_asr.speech.windows import FULL_SCALE, Clip

BLOCK_SECONDS = 300
LEVEL, AUDIBLE, MAX_GAIN = 0.1, 0.01, 10.0  # full scale is 1
Sound = NDArray[np.float32]


@dataclass(frozen=True)
class VoiceSettings:
    """`threshold` is Silero's probability; `pad_ms` is kept around each stretch; `pause_ms` ends one.

    `pause_ms` of silence are what a decoder hears where two stretches are put end to end: less, and it takes them for one sentence.
    """

    threshold: float = 0.4
    pad_ms: int = 250
    pause_ms: int = 400
    shortest_ms: int = 100
    longest_s: float = 28.0


def find_speech(track: Samples, settings: VoiceSettings) -> list[Clip]:
    """Stretches of speech on one track, in order, not overlapping."""
    found: list[Clip] = []
    for start in range(0, len(track), BLOCK_SECONDS * RATE_HZ):
        block = track[start : start + BLOCK_SECONDS * RATE_HZ].astype(np.float32) / np.float32(FULL_SCALE)
        found += [Clip(start + clip.start, start + clip.end) for clip in _speech_in(block, settings)]
    return _joined(found, settings)


def levelled(block: Sound) -> Sound:
    """At the loudness that Silero hears best: on a telephone line that clips it found a third of the speech, at this level all."""
    audible = block[np.abs(block) > AUDIBLE]
    if not len(audible):
        return block
    gain = min(MAX_GAIN, LEVEL / float(np.sqrt(np.mean(np.square(audible)))))
    level: Sound = np.clip(block * np.float32(gain), -1, 1)
    return level


def _speech_in(block: Sound, settings: VoiceSettings) -> list[Clip]:
    options = VadOptions(
        threshold=settings.threshold,
        min_speech_duration_ms=settings.shortest_ms,
        max_speech_duration_s=settings.longest_s,
        min_silence_duration_ms=settings.pause_ms,
        speech_pad_ms=settings.pad_ms,
    )
    return [Clip(int(one["start"]), int(one["end"])) for one in get_speech_timestamps(levelled(block), options)]


def _joined(clips: list[Clip], settings: VoiceSettings) -> list[Clip]:
    """A word cut by the edge of a block becomes whole again: neighbours that touch are one, up to the longest."""
    joined: list[Clip] = []
    for clip in clips:
        touches = joined and clip.start - joined[-1].end <= SAMPLES_PER_MS
        if touches and clip.end - joined[-1].start <= settings.longest_s * RATE_HZ:
            joined[-1] = Clip(joined[-1].start, clip.end)
        else:
            joined.append(clip)
    return joined
