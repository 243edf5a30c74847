"""Listening to a recording: find speech, pack windows, decode them as one batch, decode the failed ones again, keep what is believed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from auricle_contracts import Word

from auricle_asr.recordings.recording import RATE_HZ, Samples
from auricle_asr.speech.engine import Hearing, SpeechEngine
from auricle_asr.speech.guards import Thresholds, Verdict, better, verdict, without_loops
from auricle_asr.speech.phrases import KnownInventions
from auricle_asr.speech.windows import Clip, Window, pack, packing, sound_of, words_on_track

SETTLED = (Verdict.GOOD, Verdict.SILENCE)


@dataclass(frozen=True)
class ListeningRules:
    """`temperatures` are the retries after 0; `batch_windows` bounds memory: 8 windows are 15 MB of sound.

    `patience`: retries in a row that may be no better before an unsure window is given up: more heat makes it no surer.
    """

    thresholds: Thresholds = field(default_factory=Thresholds)
    temperatures: tuple[float, ...] = (0.2, 0.4, 0.6, 0.8, 1.0)
    batch_windows: int = 8
    patience: int = 2


@dataclass(frozen=True)
class TrackWords:
    """What was said on one track."""

    language: str | None
    words: tuple[Word, ...] = ()


@dataclass(frozen=True)
class Listened:
    """The words of each track, and how they were come by (for flags, metrics and the ledger)."""

    tracks: tuple[TrackWords, ...]
    windows: int = 0
    retried: int = 0
    failed: int = 0
    dropped: int = 0
    packing: float = 1.0
    speech_seconds: float = 0.0
    verdicts: dict[str, int] = field(default_factory=dict)


class Listener:
    """Drives one engine over the tracks of one recording at a time."""

    def __init__(self, engine: SpeechEngine, rules: ListeningRules, inventions: KnownInventions) -> None:
        self.engine = engine
        self.rules = rules
        self.inventions = inventions

    async def listen(
        self, tracks: Sequence[Samples], speech: Sequence[Sequence[Clip]], language: str | None
    ) -> Listened:
        """Words of each track. `speech` holds each track's clips; without a `language` it is found for each track."""
        longest = int(self.engine.facts.window_seconds * RATE_HZ)
        windows = [window for number, clips in enumerate(speech) for window in pack(number, clips, longest)]
        languages = [language or await self._language(tracks, windows, number) for number in range(len(tracks))]
        heard = await self._first_pass(tracks, windows, languages)
        tally = _Tally()
        for number, window in enumerate(windows):
            heard[number] = await self._settled(tracks, window, heard[number], tally)
        return Listened(
            tracks=tuple(_track_words(number, languages[number], windows, heard) for number in range(len(tracks))),
            windows=len(windows),
            retried=tally.retried,
            failed=tally.failed,
            dropped=tally.dropped,
            packing=packing(windows, longest),
            speech_seconds=sum(window.length for window in windows) / RATE_HZ,
            verdicts=dict(tally.verdicts),
        )

    async def _language(self, tracks: Sequence[Samples], windows: Sequence[Window], track: int) -> str | None:
        """By the fullest window of the track; None where nobody speaks."""
        mine = [window for window in windows if window.track == track]
        if not mine:
            return None
        fullest = max(mine, key=lambda window: window.length)
        return await self.engine.detect_language(sound_of(fullest, tracks[track]))

    async def _first_pass(
        self, tracks: Sequence[Samples], windows: Sequence[Window], languages: Sequence[str | None]
    ) -> list[Hearing]:
        """Windows of both tracks side by side in the same batches."""
        heard: list[Hearing] = []
        for start in range(0, len(windows), self.rules.batch_windows):
            batch = windows[start : start + self.rules.batch_windows]
            sounds = [sound_of(window, tracks[window.track]) for window in batch]
            spoken = [languages[window.track] or "" for window in batch]
            heard += await self.engine.decode(sounds, spoken, 0.0)
        return heard

    async def _settled(self, tracks: Sequence[Samples], window: Window, heard: Hearing, tally: "_Tally") -> Hearing:
        """The window's final words: tried again while it fails, emptied when it is silence or an invention."""
        found = verdict(heard, window.length / RATE_HZ, self.rules.thresholds)
        tally.verdicts[found] += 1
        if found not in SETTLED:
            found, heard = await self._tried_again(window, tracks[window.track], found, heard, tally)
        if found is Verdict.SILENCE or self.inventions.invented(heard):
            tally.dropped += bool(heard.words)
            return Hearing((), heard.language)
        tally.failed += found is not Verdict.GOOD
        return without_loops(heard, self.rules.thresholds)

    async def _tried_again(
        self, window: Window, track: Samples, found: Verdict, best: Hearing, tally: "_Tally"
    ) -> tuple[Verdict, Hearing]:
        """At the next temperatures until one settles it. A window that is only unsure and gets no surer is given up."""
        thresholds, worse = self.rules.thresholds, 0
        for temperature in self.rules.temperatures:
            tally.retried += 1
            (heard,) = await self.engine.decode([sound_of(window, track)], [best.language], temperature)
            found = verdict(heard, window.length / RATE_HZ, thresholds)
            if found in SETTLED:
                return found, heard
            worse = worse + 1 if heard.avg_logprob <= best.avg_logprob else 0
            best = better(best, heard, thresholds)
            if found is Verdict.UNSURE and worse >= self.rules.patience:
                break
        return verdict(best, window.length / RATE_HZ, thresholds), best


@dataclass
class _Tally:
    retried: int = 0
    failed: int = 0
    dropped: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)


def _track_words(track: int, language: str | None, windows: Sequence[Window], heard: Sequence[Hearing]) -> TrackWords:
    """The words of one track in the order of time: packing may have put a late clip into an early window."""
    mine = [(window, found) for window, found in zip(windows, heard, strict=True) if window.track == track]
    words = [word for window, found in mine for word in words_on_track(window, found.words)]
    by_words = Counter(found.language for _, found in mine if found.language)
    spoken = language or next((most for most, _ in by_words.most_common(1)), None)
    return TrackWords(spoken, tuple(sorted(words, key=lambda word: (word.start_ms, word.end_ms))))
