"""Speech with its own ground truth: libespeak-ng says when each word and phoneme begins.

The library is GPL-3 and is used only to make training and sample data, never at run time of the product.
It holds one global state, so one process speaks with one voice at a time.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

_RETRIEVAL = 1
_PHONEME_EVENTS = 1
_UTF8 = 1
_POSITION_CHARACTER = 1
_EVENT_END_OF_LIST, _EVENT_WORD, _EVENT_PHONEME = 0, 1, 7
_RATE, _VOLUME, _PITCH, _RANGE = 1, 2, 3, 4


class EspeakMissing(RuntimeError):
    """libespeak-ng is not installed (Debian: `apt-get install libespeak-ng1 espeak-ng-data`)."""


class _EventId(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    ]


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


@dataclass(frozen=True, slots=True)
class Voice:
    """A setting of the synthesiser: `variant` is espeak-ng's voice variant, `rate` words a minute, `pitch` and `spread` 0-99."""

    variant: str = ""
    rate: int = 175
    pitch: int = 50
    spread: int = 50
    language: str = "ru"

    @property
    def name(self) -> str:
        return f"{self.language}+{self.variant}" if self.variant else self.language


@dataclass(frozen=True, slots=True)
class Speech:
    """Mono samples at `rate_hz` in [-1, 1], and when each phoneme and word starts, in samples."""

    samples: NDArray[np.float32]
    rate_hz: int
    phonemes: tuple[tuple[int, str], ...]
    words: tuple[tuple[int, int], ...]
    """(sample, character offset in the text) of each word as espeak cut it."""


@dataclass
class _Take:
    chunks: list[NDArray[np.int16]] = field(default_factory=list)
    phonemes: list[tuple[int, str]] = field(default_factory=list)
    words: list[tuple[int, int]] = field(default_factory=list)


class Espeak:
    """The loaded library. Not safe for threads; all instances of a process share one engine."""

    def __init__(self) -> None:
        self._lib, self.rate_hz = _engine()
        self._take = _Take()
        self._callback = _Callback(self._receive)  # kept: the library holds only a bare pointer

    def say(self, text: str, voice: Voice) -> Speech:
        """Speak `text`. Raises ValueError when the voice does not exist."""
        self._choose(voice)
        self._lib.espeak_SetSynthCallback(self._callback)
        self._take = take = _Take()
        data = text.encode()
        self._lib.espeak_Synth(data, len(data) + 1, 0, _POSITION_CHARACTER, 0, _UTF8, None, None)
        self._lib.espeak_Synchronize()
        pcm = np.concatenate(take.chunks) if take.chunks else np.zeros(0, np.int16)
        return Speech(pcm.astype(np.float32) / 32768.0, self.rate_hz, tuple(take.phonemes), tuple(take.words))

    def _choose(self, voice: Voice) -> None:
        if self._lib.espeak_SetVoiceByName(voice.name.encode()) != 0:
            raise ValueError(f"espeak-ng has no voice {voice.name!r}")
        for parameter, value in ((_RATE, voice.rate), (_PITCH, voice.pitch), (_RANGE, voice.spread), (_VOLUME, 100)):
            self._lib.espeak_SetParameter(parameter, value, 0)

    def _receive(self, wav: ctypes._Pointer[ctypes.c_short], count: int, events: ctypes._Pointer[_Event]) -> int:
        if wav and count:
            self._take.chunks.append(np.ctypeslib.as_array(wav, (count,)).copy())
        index = 0
        while events and (event := events[index]).type != _EVENT_END_OF_LIST:
            if event.type == _EVENT_PHONEME:
                name = bytes(event.id.string).split(b"\0")[0].decode("utf-8", "replace")
                self._take.phonemes.append((event.sample, name))
            elif event.type == _EVENT_WORD:
                self._take.words.append((event.sample, event.text_position - 1))
            index += 1
        return 0


@cache
def _engine() -> tuple[ctypes.CDLL, int]:
    """The library and its sample rate, started once: a second espeak_Initialize hangs at the next word."""
    library = _load()
    rate_hz = int(library.espeak_Initialize(_RETRIEVAL, 500, None, _PHONEME_EVENTS))
    if rate_hz <= 0:
        raise EspeakMissing("espeak-ng did not initialise: is espeak-ng-data installed?")
    return library, rate_hz


def _load() -> ctypes.CDLL:
    path = ctypes.util.find_library("espeak-ng") or "libespeak-ng.so.1"
    try:
        return ctypes.CDLL(path)
    except OSError as error:
        raise EspeakMissing("libespeak-ng is not installed (Debian: libespeak-ng1)") from error
