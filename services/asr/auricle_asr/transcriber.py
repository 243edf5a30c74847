"""From a preprocessed recording to its transcript: the engine listens, the domain writes it up."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from auricle_contracts import Role, Transcript, Word
from auricle_contracts.oversight import AGENT_TONE_FLAG

from auricle_asr import tone
from auricle_asr.preprocessing import PreparedAudio
from auricle_asr.recordings.recording import Samples
from auricle_asr.speech.recognised import Recognised
from auricle_asr.speech.recognition import Recogniser
from auricle_asr.tone import CUSTOMERS
from auricle_asr.transcription import speakers, voices
from auricle_asr.transcription.cues import CueBook
from auricle_asr.transcription.speakers import Machines, Speakers
from auricle_asr.transcription.transcript import Call, TranscriptRules, write


@dataclass(frozen=True)
class Transcribed:
    """The transcript, what the engine went through for it, and how long it took (seconds of wall time)."""

    transcript: Transcript
    recognised: Recognised
    seconds: float


@dataclass(frozen=True)
class Transcriber:
    """Stateless but for the engine behind the recogniser. `toned`: whose turns have a tone."""

    recogniser: Recogniser
    cues: CueBook
    rules: TranscriptRules
    toned: frozenset[Role] = CUSTOMERS

    async def transcribe(
        self, call: Call, audio: PreparedAudio, language: str | None, hot_words: Sequence[str] = ()
    ) -> Transcribed:
        """Raises SpeechEngineFailed, SpeechServerUnavailable."""
        began = time.perf_counter()
        recognised = await self.recogniser.recognise(audio.tracks, audio.speech, language, hot_words)
        seconds = time.perf_counter() - began
        transcript = write(
            call,
            recognised,
            self.recogniser.engine.facts,
            self.cues,
            self.rules,
            duration_ms=audio.duration_ms,
            flags=(*audio.flags, *self._toned()),
            told=await asyncio.to_thread(_speakers, call, audio, recognised, self.cues),
            machines=await asyncio.to_thread(_machines, audio, recognised, self.cues),
        )
        heard = await asyncio.to_thread(tone.of_turns, transcript.turns, audio.tracks, self.toned)
        return Transcribed(transcript.model_copy(update={"tones": heard}), recognised, seconds)

    def _toned(self) -> tuple[str, ...]:
        """The flag by which the oversight record counts transcripts with a tone of agents."""
        return (AGENT_TONE_FLAG,) if Role.AGENT in self.toned else ()


def _speakers(call: Call, audio: PreparedAudio, recognised: Recognised, cues: CueBook) -> Speakers | None:
    """Of a mono recording: about a fifth of a second of CPU a minute."""
    if len(audio.tracks) != 1:
        return None
    words = recognised.tracks[0].words
    vectors, seconds = voices.vectors_of(audio.tracks[0], words)
    return speakers.tell(words, vectors, seconds, np.array(voices.changes_between(words)), cues, call.direction)


def _machines(audio: PreparedAudio, recognised: Recognised, cues: CueBook) -> tuple[Machines | None, ...]:
    """On each of two tracks."""
    if len(audio.tracks) == 1:
        return ()
    return tuple(
        _machines_on(samples, track.words, cues) for samples, track in zip(audio.tracks, recognised.tracks, strict=True)
    )


def _machines_on(samples: Samples, words: Sequence[Word], cues: CueBook) -> Machines | None:
    if not cues.machines.evidence(" ".join(word.text for word in words)):
        return None
    vectors, seconds = voices.vectors_of(samples, words)
    return speakers.machines_on_track(words, vectors, seconds, np.array(voices.changes_between(words)), cues)
