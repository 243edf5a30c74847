"""From a surveyed recording to its transcript: the engine listens, the domain writes it up."""

import asyncio
import time
from dataclasses import dataclass

from auricle_contracts import Transcript

from auricle_asr import tone
from auricle_asr.speech.listening import Listened, Listener
from auricle_asr.survey import Survey
from auricle_asr.transcription import voices
from auricle_asr.transcription.roles import CueBook
from auricle_asr.transcription.transcript import Call, TranscriptRules, write
from auricle_asr.transcription.voices import Voices


@dataclass(frozen=True)
class Transcribed:
    """The transcript, what the engine went through for it, and how long it took (seconds of wall time)."""

    transcript: Transcript
    listened: Listened
    seconds: float


@dataclass(frozen=True)
class Transcriber:
    """Stateless but for the engine behind the listener."""

    listener: Listener
    cues: CueBook
    rules: TranscriptRules

    async def transcribe(self, call: Call, survey: Survey, language: str | None) -> Transcribed:
        """Raises SpeechEngineFailed, SpeechServerUnavailable."""
        began = time.perf_counter()
        listened = await self.listener.listen(survey.tracks, survey.speech, language)
        seconds = time.perf_counter() - began
        transcript = write(
            call,
            listened,
            self.listener.engine.facts,
            self.cues,
            self.rules,
            duration_ms=survey.duration_ms,
            flags=survey.flags,
            voices=await asyncio.to_thread(_voices, survey, listened),
        )
        heard = await asyncio.to_thread(tone.of_turns, transcript.turns, survey.tracks)
        return Transcribed(transcript.model_copy(update={"tones": heard}), listened, seconds)


def _voices(survey: Survey, listened: Listened) -> Voices | None:
    mono = len(survey.tracks) == 1
    return voices.tell_apart(survey.tracks[0], listened.tracks[0].words) if mono else None
