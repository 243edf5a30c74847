"""Any server that speaks OpenAI's `POST /v1/audio/transcriptions`: speaches, vLLM, faster-whisper servers, the cloud."""

import asyncio
import io
import wave
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Any

import httpx
import numpy as np

from auricle_asr.errors import SpeechEngineFailed, SpeechServerUnavailable
from auricle_asr.recordings.recording import RATE_HZ
from auricle_asr.speech.engine import EngineFacts, Hypothesis, RecognisedWord, Sound
from auricle_asr.speech.hot_words import fitting
from auricle_asr.speech.languages import code_of
from auricle_asr.speech.windows import FULL_SCALE
from auricle_asr.speech.words import as_written, whole_words

UNAVAILABLE = (429, 502, 503, 504)
LONGEST_HINT = 300
"""Letters of `prompt`: OpenAI reads the last 224 tokens of it, and a Russian letter may be one."""


@dataclass(frozen=True)
class ServerOptions:
    """`url` ends in `/v1`; `concurrency` windows are in flight at once, which is how a server gets its batches."""

    url: str
    model: str
    api_key: str | None = None
    concurrency: int = 8
    timeout_seconds: float = 120.0


class OpenAiSpeechEngine:
    """A client of one server. Close it when done."""

    def __init__(self, options: ServerOptions) -> None:
        self.facts = EngineFacts(name=f"openai/{options.model}", device="remote", is_told=True)
        self._options = options
        self._slots = asyncio.Semaphore(options.concurrency)
        headers = {"Authorization": f"Bearer {options.api_key}"} if options.api_key else {}
        self._client = httpx.AsyncClient(
            base_url=options.url.rstrip("/") + "/", headers=headers, timeout=options.timeout_seconds
        )

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()

    async def is_up(self) -> bool:
        """Whether the server lists its models; a 404 counts, since not every server has that page."""
        try:
            return (await self._client.get("models", timeout=5.0)).status_code < 500
        except httpx.HTTPError:
            return False

    async def detect_language(self, sound: Sound) -> str:
        """What the server says when it is not told."""
        return (await self._ask(sound, "", 0.0)).language

    async def decode(
        self, sounds: Sequence[Sound], languages: Sequence[str], temperature: float, hot_words: Sequence[str] = ()
    ) -> list[Hypothesis]:
        """One request per window, side by side."""
        hint = ", ".join(fitting(hot_words, LONGEST_HINT, lambda term: len(term) + 2))
        asked = [self._ask(sound, spoken, temperature, hint) for sound, spoken in zip(sounds, languages, strict=True)]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        return [answer for answer in answers if isinstance(answer, Hypothesis)]

    async def _ask(self, sound: Sound, language: str, temperature: float, hint: str = "") -> Hypothesis:
        form = {
            "model": self._options.model,
            "response_format": "verbose_json",
            "timestamp_granularities[]": ["word", "segment"],
            "temperature": str(temperature),
        }
        if language:
            form["language"] = language
        if hint:
            form["prompt"] = hint
        async with self._slots:
            reply = await self._post(form, wav_bytes(sound))
        try:
            return hypothesis_of(reply.json(), language, temperature)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SpeechEngineFailed(f"the speech server's answer cannot be read: {type(error).__name__}") from error

    async def _post(self, form: Mapping[str, Any], wav: bytes) -> httpx.Response:
        try:
            reply = await self._client.post(
                "audio/transcriptions", data=form, files={"file": ("window.wav", wav, "audio/wav")}
            )
        except httpx.HTTPError as error:
            raise SpeechServerUnavailable(f"the speech server does not answer: {type(error).__name__}") from error
        if reply.status_code in UNAVAILABLE:
            raise SpeechServerUnavailable(f"the speech server answered {reply.status_code}")
        if reply.is_error:
            raise SpeechEngineFailed(f"the speech server answered {reply.status_code}")
        return reply


def wav_bytes(sound: Sound) -> bytes:
    """The sound as a 16-bit WAV file, sample for sample what was decoded."""
    into = io.BytesIO()
    with wave.open(into, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((sound * FULL_SCALE).clip(-32768, 32767).astype(np.dtype("<i2")).tobytes())
    return into.getvalue()


def hypothesis_of(reply: Mapping[str, Any], language: str, temperature: float) -> Hypothesis:
    """A `verbose_json` reply. Words without a probability of their own get their segment's, exp(avg_logprob)."""
    segments: Sequence[Mapping[str, Any]] = reply.get("segments") or ()
    said: Sequence[Mapping[str, Any]] = reply.get("words") or [
        word for segment in segments for word in segment.get("words") or ()
    ]
    if not said and str(reply["text"]).strip():
        raise ValueError("a text without word times")
    words = tuple(
        RecognisedWord(str(one["word"]).strip(), float(one["start"]), float(one["end"]), _probability(one, segments))
        for one in said
    )
    spoken = language or code_of(str(reply.get("language") or ""))
    return Hypothesis(
        words=whole_words(as_written(words, str(reply.get("text") or "")), spoken),
        language=spoken,
        avg_logprob=_mean(segments, "avg_logprob"),
        no_speech_prob=max((float(one.get("no_speech_prob") or 0.0) for one in segments), default=0.0),
        temperature=temperature,
    )


def _probability(word: Mapping[str, Any], segments: Sequence[Mapping[str, Any]]) -> float:
    if word.get("probability") is not None:
        return float(word["probability"])
    middle = (float(word["start"]) + float(word["end"])) / 2
    for segment in segments:
        if float(segment["start"]) <= middle <= float(segment["end"]):
            return exp(float(segment.get("avg_logprob") or 0.0))
    return exp(_mean(segments, "avg_logprob"))


def _mean(segments: Sequence[Mapping[str, Any]], field: str) -> float:
    weights = [max(1, len(segment.get("tokens") or ())) for segment in segments]
    total = sum(float(one.get(field) or 0.0) * weight for one, weight in zip(segments, weights, strict=True))
    return total / sum(weights) if segments else 0.0
