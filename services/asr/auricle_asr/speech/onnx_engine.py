"""CTC and transducer models through onnx-asr, in this process: GigaAM, T-one, Parakeet.

They decode greedily: a second try says the same, so none is made (`EngineFacts.samples`). None is told a language; those that know
several write the one they hear. Nothing is fetched: onnx-asr is given a folder, and then opens no socket.
"""

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnxruntime
from onnx_asr import load_model

from auricle_asr.errors import SpeechEngineFailed
from auricle_asr.recordings.recording import RATE_HZ
from auricle_asr.speech.engine import EngineFacts, Hypothesis, Sound
from auricle_asr.speech.languages import language_of_letters
from auricle_asr.speech.model_card import read_card, weights_hash
from auricle_asr.speech.onnx_weights import OnnxWeights, read_weights
from auricle_asr.speech.token_words import Token, mean_logprob, moved, words_of

SHORTEST = RATE_HZ // 2
"""Shorter sounds are padded with silence: a convolution needs something to slide over."""
CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"


@dataclass(frozen=True)
class OnnxOptions:
    """`folder` of the weights; `threads` of a CPU, 0: onnxruntime decides; `languages` instead of those that the weights tell."""

    folder: Path
    device: str = "auto"
    threads: int = 0
    batch_size: int = 8
    languages: tuple[str, ...] = ()


class OnnxSpeechEngine:
    """One model. Calls are serialised: onnxruntime uses all its threads for one batch."""

    def __init__(self, options: OnnxOptions) -> None:
        self._options = options
        self._weights = read_weights(options.folder)
        provider = _provider(options.device)
        self._model = _load(options, self._weights, provider)
        self._lock = threading.Lock()
        self.facts = _facts(options, self._weights, provider)

    async def is_up(self) -> bool:
        """Loaded is up."""
        return True

    async def close(self) -> None:
        """Nothing to let go of."""

    async def detect_language(self, sound: Sound) -> str:
        """The only language that the weights know; else that of the letters which it writes, "" where those do not tell."""
        if len(self.facts.languages) == 1:
            return next(iter(self.facts.languages))
        (heard,) = await self.decode([sound], [""], 0.0)
        return heard.language

    async def decode(
        self,
        sounds: Sequence[Sound],
        languages: Sequence[str],
        temperature: float,
        hot_words: Sequence[str] = (),  # noqa: ARG002 (greedy decoding takes no hint)
    ) -> list[Hypothesis]:
        """Greedy at every temperature, whatever it is told."""
        return await asyncio.to_thread(self._decode, sounds, languages, temperature)

    def _decode(self, sounds: Sequence[Sound], languages: Sequence[str], temperature: float) -> list[Hypothesis]:
        size, found = self._options.batch_size, []
        try:
            with self._lock:
                for start in range(0, len(sounds), size):
                    found += self._model.recognize([_padded(one) for one in sounds[start : start + size]])
        except (
            RuntimeError,
            ValueError,
            AssertionError,
            IndexError,
            onnxruntime.capi.onnxruntime_pybind11_state.Fail,
        ) as error:
            raise SpeechEngineFailed(f"the speech model failed: {type(error).__name__}") from error
        return [
            self._hypothesis(one, len(sound) / RATE_HZ, spoken, temperature)
            for one, sound, spoken in zip(found, sounds, languages, strict=True)
        ]

    def _hypothesis(self, heard: Any, length_s: float, language: str, temperature: float) -> Hypothesis:
        tokens = moved(_tokens(heard), self._weights.latency_s)
        words = words_of(tokens, length_s)
        return Hypothesis(
            words=words,
            language=language or language_of_letters(" ".join(word.text for word in words)),
            avg_logprob=mean_logprob(tokens),
            temperature=temperature,
        )


def _tokens(heard: Any) -> list[Token]:
    times = heard.timestamps or ()
    return [
        Token(text, start, sure)
        for text, start, sure in zip(heard.tokens or (), times, heard.logprobs or (), strict=True)
    ]


def _padded(sound: Sound) -> Sound:
    return np.pad(sound, (0, max(0, SHORTEST - len(sound)))).astype(np.float32)


def _provider(device: str) -> str:
    """The execution provider. Raises SpeechEngineFailed where a GPU is asked for and this build of onnxruntime has none."""
    has_cuda = CUDA in onnxruntime.get_available_providers()
    if device == "cuda" and not has_cuda:
        raise SpeechEngineFailed(
            "the speech model is to run on CUDA, and this onnxruntime has no CUDA",
            action="Install onnxruntime-gpu in place of onnxruntime, or set AURICLE_SPEECH_DEVICE=cpu.",
        )
    return CUDA if has_cuda and device != "cpu" else CPU


def _load(options: OnnxOptions, weights: OnnxWeights, provider: str) -> Any:
    session = onnxruntime.SessionOptions()
    session.intra_op_num_threads = options.threads
    providers = [provider] if provider == CPU else [provider, CPU]
    try:
        model = load_model(
            cast("Any", weights.architecture), options.folder, quantization=weights.quantization, sess_options=session,
            providers=providers,
        )  # fmt: skip
        return model.with_timestamps()
    except Exception as error:
        raise SpeechEngineFailed(
            f"the speech model {options.folder} cannot be loaded: {type(error).__name__}",
            action="Fetch the weights anew (`auricle weights verify` tells which file is broken).",
        ) from error


def _facts(options: OnnxOptions, weights: OnnxWeights, provider: str) -> EngineFacts:
    card = read_card(str(options.folder))
    return EngineFacts(
        name=f"onnx-asr/{card.name}",
        device="cpu" if provider == CPU else "cuda:0",
        demo_weights=card.demo_weights,
        window_seconds=card.window_seconds,
        languages=frozenset(options.languages or card.languages) or weights.languages,
        weights=weights_hash(weights.files),
        samples=False,
    )
