"""What was heard on the tracks of one recording, and how it was come by."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from auricle_contracts import Word

from auricle_asr.speech.engine import EngineFacts, Hypothesis
from auricle_asr.speech.windows import Window, words_on_track


@dataclass(frozen=True)
class TrackWords:
    """What was said on one track; `missing_s` of its `speech_s` are without a word.

    `language` is the track's; `said_in` has the words that were said in another one, each with its own.
    """

    language: str | None
    words: tuple[Word, ...] = ()
    speech_s: float = 0.0
    missing_s: float = 0.0
    said_in: Mapping[Word, str] = field(default_factory=dict)

    def language_of(self, words: Iterable[Word]) -> str | None:
        """What most of these words of the track were said in."""
        counted = Counter(self.said_in.get(word, self.language) for word in words)
        return next((most for most, _ in counted.most_common(1)), self.language)


@dataclass(frozen=True)
class Recognised:
    """The words of each track, and how they were come by (for flags, metrics and the ledger).

    `heard_by`: the engines that heard words, the one with the most first.
    """

    tracks: tuple[TrackWords, ...]
    windows: int = 0
    retried: int = 0
    failed: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    recovered: int = 0
    packing: float = 1.0
    speech_seconds: float = 0.0
    verdicts: dict[str, int] = field(default_factory=dict)
    heard_by: tuple[EngineFacts, ...] = ()


def words_of_track(
    track: int, language: str | None, windows: Sequence[Window], heard: Sequence[Hypothesis]
) -> TrackWords:
    """The words of one track in the order of time: packing may have put a late clip into an early window."""
    mine = [(window, found) for window, found in zip(windows, heard, strict=True) if window.track == track]
    words = [(word, found.language) for window, found in mine for word in words_on_track(window, found.words)]
    by_words = Counter(found.language for _, found in mine if found.language)
    spoken = language or next((most for most, _ in by_words.most_common(1)), None)
    return with_words(TrackWords(spoken), words)


def engines_of(engine: EngineFacts, tracks: Sequence[TrackWords]) -> tuple[EngineFacts, ...]:
    """Those that heard words, the one with the most first; the engine itself where nobody spoke."""
    spoken = sorted((track for track in tracks if track.words), key=lambda track: len(track.words), reverse=True)
    return tuple(dict.fromkeys(engine.of(track.language) for track in spoken)) or (engine,)


def with_words(track: TrackWords, new: Sequence[tuple[Word, str]]) -> TrackWords:
    """The track with more words, in the order of time, each with the language that it was heard in ("" where that is not known)."""
    if not new:
        return track
    elsewhere = {word: language for word, language in new if language and language != track.language}
    words = in_time([*track.words, *(word for word, _ in new)])
    return replace(track, words=words, said_in={**track.said_in, **elsewhere})


def in_time(words: Iterable[Word]) -> tuple[Word, ...]:
    """The words in the order of time."""
    return tuple(sorted(words, key=lambda word: (word.start_ms, word.end_ms)))
