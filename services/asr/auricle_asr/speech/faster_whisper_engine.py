"""Whisper on CTranslate2 through faster-whisper, in this process.

Two facts of faster-whisper 1.2.1 shape this file. Its batched pipeline takes one waveform: windows of both tracks are joined in time,
each named as a clip, and found again by where its clip starts. And its batched mode passes a temperature without `sampling_topk=0`,
so that nothing is ever sampled: a second try goes through the sequential mode, which does sample.
"""

import asyncio
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import ctranslate2
import numpy as np
from faster_whisper import BatchedInferencePipeline, WhisperModel
from faster_whisper.utils import download_model

from auricle_asr.errors import SpeechEngineFailed
from auricle_asr.recordings.recording import RATE_HZ
from auricle_asr.speech.engine import MAX_WINDOW_SECONDS, EngineFacts, Hypothesis, RecognisedWord, Sound
from auricle_asr.speech.hot_words import fitting
from auricle_asr.speech.languages import language_of_letters
from auricle_asr.speech.model_card import ModelCard, read_card, weights_hash
from auricle_asr.speech.words import whole_words

HOP = 160  # samples per frame of the spectrogram; clips start on a frame so that seeks are exact
SEED: Final = 20_261_121
WEIGHTS = "model.bin"
HINT_TOKENS = 100
"""Of hot words: Whisper writes at most 448 tokens with its prompt, and a full window of Russian is 200 of them."""


@dataclass(frozen=True)
class WhisperOptions:
    """`model` is a folder in CTranslate2's format or a name on the Hugging Face hub; the rest as faster-whisper has it."""

    model: str
    device: str = "auto"
    compute_type: str = "default"
    cpu_threads: int = 0
    beam_size: int = 5
    batch_size: int = 8
    languages: tuple[str, ...] = ()
    local_files_only: bool = False


class FasterWhisperEngine:
    """One model. Calls are serialised: CTranslate2 uses all its threads for one batch."""

    def __init__(self, options: WhisperOptions) -> None:
        card = read_card(options.model)
        self._options = options
        self._languages = options.languages or card.languages
        self.model, folder = _load(options)
        self._batched = BatchedInferencePipeline(model=self.model)
        self._lock = threading.Lock()
        self.facts = _facts(card, self.model, weights_hash([folder / WEIGHTS]))

    async def is_up(self) -> bool:
        """Loaded is up."""
        return True

    async def close(self) -> None:
        """Nothing to let go of."""

    async def detect_language(self, sound: Sound) -> str:
        """The likeliest of the allowed languages in this window; "" where the model has no words for languages."""
        if not self.model.model.is_multilingual:
            return ""
        return await asyncio.to_thread(self._detect, sound)

    async def decode(
        self, sounds: Sequence[Sound], languages: Sequence[str], temperature: float, hot_words: Sequence[str] = ()
    ) -> list[Hypothesis]:
        """Temperature 0: one batch for each language among the windows (nearly always one). Above 0: one by one, sampled, told nothing."""
        return await asyncio.to_thread(self._decode, sounds, languages, temperature, hot_words)

    def _detect(self, sound: Sound) -> str:
        with self._lock:
            language, _, ranked = self.model.detect_language(audio=sound)
        allowed = [found for found, _ in ranked or () if not self._languages or found in self._languages]
        return str(allowed[0] if allowed else language)

    def _decode(
        self, sounds: Sequence[Sound], languages: Sequence[str], temperature: float, hot_words: Sequence[str]
    ) -> list[Hypothesis]:
        try:
            with self._lock:
                if temperature > 0:
                    return [self._sampled(*one, temperature) for one in zip(sounds, languages, strict=True)]
                return self._greedy(sounds, languages, self._hint(hot_words))
        except (RuntimeError, ValueError) as error:
            raise SpeechEngineFailed(f"the speech model failed: {type(error).__name__}") from error

    def _hint(self, hot_words: Sequence[str]) -> str | None:
        """What fits of the hot words; None without any."""
        size = self.model.hf_tokenizer.encode
        return ", ".join(fitting(hot_words, HINT_TOKENS, lambda term: len(size(f" {term},").ids))) or None

    def _greedy(self, sounds: Sequence[Sound], languages: Sequence[str], hint: str | None) -> list[Hypothesis]:
        found: dict[int, Hypothesis] = {}
        for language in dict.fromkeys(languages):
            mine = [number for number, spoken in enumerate(languages) if spoken == language]
            found.update(zip(mine, self._batch([sounds[number] for number in mine], language, hint), strict=True))
        return [found[number] for number in range(len(sounds))]

    def _batch(self, sounds: Sequence[Sound], language: str, hint: str | None) -> list[Hypothesis]:
        waveform, starts = _joined(sounds)
        clips = [
            {"start": (start + 0.5) / RATE_HZ, "end": (start + len(sound) + 0.5) / RATE_HZ}
            for start, sound in zip(starts, sounds, strict=True)
        ]
        segments, _ = self._batched.transcribe(
            waveform, language=language or None, clip_timestamps=clips, beam_size=self._options.beam_size,
            batch_size=self._options.batch_size, without_timestamps=True, word_timestamps=True, temperature=0.0,
            hotwords=hint,
        )  # fmt: skip
        by_seek: dict[int, list[Any]] = {}
        for segment in segments:
            by_seek.setdefault(segment.seek, []).append(segment)
        return [
            _hypothesis(by_seek.get(int(start / RATE_HZ * self.model.frames_per_second), ()), language, start, 0.0)
            for start in starts
        ]

    def _sampled(self, sound: Sound, language: str, temperature: float) -> Hypothesis:
        segments, _ = self.model.transcribe(
            sound, language=language or None, temperature=[temperature], best_of=5, word_timestamps=True,
            condition_on_previous_text=False, without_timestamps=False, vad_filter=False,
            compression_ratio_threshold=None, log_prob_threshold=None, no_speech_threshold=None,
        )  # fmt: skip
        return _hypothesis(list(segments), language, 0, temperature)


def _load(options: WhisperOptions) -> tuple[WhisperModel, Path]:
    """The model, and the folder of its files: a name that faster-whisper knows is looked up, and fetched where it may be."""
    ctranslate2.set_random_seed(SEED)
    try:
        folder = options.model
        if not Path(folder).is_dir():
            folder = download_model(options.model, local_files_only=options.local_files_only)
        model = WhisperModel(
            folder, device=options.device, compute_type=options.compute_type, cpu_threads=options.cpu_threads
        )
        return model, Path(folder)
    except (RuntimeError, ValueError, OSError) as error:
        raise SpeechEngineFailed(
            f"the speech model {options.model!r} cannot be loaded: {type(error).__name__}",
            action="Set AURICLE_SPEECH_MODEL to a folder in CTranslate2's format or a name that faster-whisper knows.",
        ) from error


def _facts(card: ModelCard, model: WhisperModel, weights: str) -> EngineFacts:
    device = str(model.model.device)
    return EngineFacts(
        name=f"faster-whisper/{card.name}",
        device="cpu" if device == "cpu" else f"{device}:{','.join(map(str, model.model.device_index))}",
        demo_weights=card.demo_weights,
        window_seconds=min(MAX_WINDOW_SECONDS, card.window_seconds),
        languages=_languages(model),
        weights=weights,
        is_told=True,
    )


def _languages(model: WhisperModel) -> frozenset[str]:
    """Those whose token the weights have; a model without language tokens takes any."""
    if not model.model.is_multilingual:
        return frozenset()
    token_id = model.hf_tokenizer.token_to_id
    return frozenset(code for code in model.supported_languages if token_id(f"<|{code}|>") is not None)


def _joined(sounds: Sequence[Sound]) -> tuple[Sound, list[int]]:
    """The sounds end to end, each starting on a frame, and where each starts (samples)."""
    starts, pieces, at = [], [], 0
    for sound in sounds:
        starts.append(at)
        padded = np.pad(sound, (0, -len(sound) % HOP))
        pieces.append(padded)
        at += len(padded)
    return np.concatenate(pieces), starts


def _hypothesis(segments: Iterable[Any], language: str, start: int, temperature: float) -> Hypothesis:
    """Segments of one window as one result; their log probabilities are averaged by tokens."""
    found = list(segments)
    tokens = [max(1, len(segment.tokens)) for segment in found]
    pieces = [
        (
            word.word,
            RecognisedWord(
                word.word.strip(), word.start - start / RATE_HZ, word.end - start / RATE_HZ, word.probability
            ),
        )
        for segment in found
        for word in segment.words or ()
    ]
    words = whole_words(pieces, language)
    weighted = sum(segment.avg_logprob * count for segment, count in zip(found, tokens, strict=True))
    return Hypothesis(
        words=words,
        language=language or language_of_letters(" ".join(word.text for word in words)),
        avg_logprob=weighted / sum(tokens) if found else 0.0,
        no_speech_prob=max((segment.no_speech_prob for segment in found), default=0.0),
        temperature=temperature,
    )
