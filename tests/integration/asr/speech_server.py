"""A small real speech server: OpenAI's API over HTTP in front of a local engine. What a customer's own server looks like to us."""

import io
import wave
from typing import Annotated, Any

import numpy as np
from auricle_asr.speech.engine import Hypothesis, Sound, SpeechEngine
from fastapi import FastAPI, Form, UploadFile


def app(engine: SpeechEngine) -> FastAPI:
    """The server."""
    api = FastAPI()

    @api.get("/v1/models")
    async def models() -> dict[str, Any]:
        return {"object": "list", "data": [{"id": engine.facts.name, "object": "model"}]}

    @api.post("/v1/audio/transcriptions")
    async def transcribe(
        file: UploadFile,
        model: Annotated[str, Form()],
        response_format: Annotated[str, Form()],
        language: Annotated[str, Form()] = "",
        temperature: Annotated[float, Form()] = 0.0,
    ) -> dict[str, Any]:
        assert response_format == "verbose_json"
        sound = _read(await file.read())
        spoken = language or await engine.detect_language(sound)
        (heard,) = await engine.decode([sound], [spoken], temperature)
        return _reply(heard, len(sound) / 16000)

    return api


def _read(body: bytes) -> Sound:
    with wave.open(io.BytesIO(body)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16000, 1, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    return samples.astype(np.float32) / np.float32(32768)


def _reply(heard: Hypothesis, seconds: float) -> dict[str, Any]:
    """`verbose_json`; as OpenAI has it, words carry no probability of their own."""
    segment = {
        "start": 0.0, "end": seconds, "text": heard.text, "tokens": list(range(len(heard.words))),
        "avg_logprob": heard.avg_logprob, "no_speech_prob": heard.no_speech_prob,
    }  # fmt: skip
    words = [{"word": word.text, "start": word.start_s, "end": word.end_s} for word in heard.words]
    language = {"ru": "russian", "en": "english"}.get(heard.language, heard.language)
    return {
        "task": "transcribe",
        "language": language,
        "text": heard.text,
        "segments": [segment] if words else [],
        "words": words,
    }
