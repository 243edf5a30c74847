"""Speech recognition of one recording: every stretch of speech gets words, or is counted as missing.

speech ─► windows ─► batches ─► verdicts ─┬─ good ──────────────────────────► words ─► gaps decoded again ─► words, seconds missing
                                          ├─ unsure, loop, … ─► decoded again at the next temperature
                                          └─ silence, invention ─► dropped, counted
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from auricle_contracts import Word

from auricle_asr.recordings.recording import RATE_HZ, Samples
from auricle_asr.speech import coverage
from auricle_asr.speech.engine import Hypothesis, SpeechEngine
from auricle_asr.speech.guards import Thresholds, Verdict, better, verdict, without_loops
from auricle_asr.speech.hot_words import is_echo
from auricle_asr.speech.phrases import KnownInventions
from auricle_asr.speech.recognised import Recognised, TrackWords, engines_of, in_time, with_words, words_of_track
from auricle_asr.speech.windows import Clip, Window, pack, packing, sound_of, words_on_track

SETTLED = (Verdict.GOOD, Verdict.SILENCE)
SHORTEST_TOLD = 3.0
"""Seconds of sound whose language can be told by ear."""
INVENTION = "invention"


@dataclass(frozen=True)
class RecognitionRules:
    """`temperatures` are the retries after 0; `batch_windows` bounds memory: 8 windows are 15 MB of sound.

    `patience`: retries in a row that may be no better before an unsure window is given up: more heat makes it no surer.
    `gap_rounds`: how often speech without a word is decoded again while that finds some; words below `gap_log_prob` are not taken.
    """

    thresholds: Thresholds = field(default_factory=Thresholds)
    temperatures: tuple[float, ...] = (0.2, 0.4, 0.6, 0.8, 1.0)
    batch_windows: int = 8
    patience: int = 2
    gap_rounds: int = 2
    gap_log_prob: float = -0.8


class Recogniser:
    """Drives one engine over the tracks of one recording at a time."""

    def __init__(self, engine: SpeechEngine, rules: RecognitionRules, inventions: KnownInventions) -> None:
        self.engine = engine
        self.rules = rules
        self.inventions = inventions

    async def recognise(
        self,
        tracks: Sequence[Samples],
        speech: Sequence[Sequence[Clip]],
        language: str | None,
        hot_words: Sequence[str] = (),
    ) -> Recognised:
        """Words of each track. `speech` holds each track's clips; without a `language` that the engine knows it is found for each track."""
        longest = int(self.engine.facts.window_seconds * RATE_HZ)
        windows = [window for number, clips in enumerate(speech) for window in pack(number, clips, longest)]
        known = language if self._knows(language) else None
        languages = [known or await self._language(tracks, windows, number) for number in range(len(tracks))]
        heard = await self._first_pass(tracks, windows, languages, hot_words)
        tally = _Tally()
        for number, window in enumerate(windows):
            heard[number] = await self._settled(tracks, window, heard[number], tally)
        found = [words_of_track(number, languages[number], windows, heard) for number in range(len(tracks))]
        speech_of = [_believed(number, windows, tally) for number in range(len(tracks))]
        found = await self._fill_gaps(tracks, speech_of, found, tally)
        return Recognised(
            tracks=tuple(found),
            windows=len(windows),
            retried=tally.retried,
            failed=tally.failed,
            dropped=dict(tally.dropped),
            recovered=tally.recovered,
            packing=packing(windows, longest),
            speech_seconds=sum(window.length for window in windows) / RATE_HZ,
            verdicts=dict(tally.verdicts),
            heard_by=engines_of(self.engine.facts, found),
        )

    def _knows(self, language: str | None) -> bool:
        """A language that these weights were not made for is found by ear, as if none had been declared."""
        languages = self.engine.facts.languages
        return not languages or language in languages

    async def _language(self, tracks: Sequence[Samples], windows: Sequence[Window], track: int) -> str | None:
        """By the fullest window of the track; None where nobody speaks."""
        mine = [window for window in windows if window.track == track]
        if not mine:
            return None
        fullest = max(mine, key=lambda window: window.length)
        return await self.engine.detect_language(sound_of(fullest, tracks[track]))

    async def _first_pass(
        self,
        tracks: Sequence[Samples],
        windows: Sequence[Window],
        languages: Sequence[str | None],
        hot_words: Sequence[str] = (),
    ) -> list[Hypothesis]:
        """Windows of both tracks side by side in the same batches. One that only repeats the hot words is heard again without them."""
        heard: list[Hypothesis] = []
        for start in range(0, len(windows), self.rules.batch_windows):
            batch = windows[start : start + self.rules.batch_windows]
            sounds = [sound_of(window, tracks[window.track]) for window in batch]
            spoken = [languages[window.track] or "" for window in batch]
            heard += await self.engine.decode(sounds, spoken, 0.0, hot_words)
        echoes = [number for number, found in enumerate(heard) if is_echo(found, hot_words)]
        for number in echoes:
            again = [windows[number]]
            (heard[number],) = await self._first_pass(tracks, again, languages)
        return heard

    async def _settled(
        self, tracks: Sequence[Samples], window: Window, heard: Hypothesis, tally: "_Tally"
    ) -> Hypothesis:
        """The window's final words: tried again while it fails, emptied when it is silence or an invention."""
        found = verdict(heard, window.length / RATE_HZ, self.rules.thresholds)
        tally.verdicts[found] += 1
        if found not in SETTLED:
            found, heard = await self._tried_again(window, tracks[window.track], found, heard, tally)
        is_invented = self.inventions.invented(heard)
        if found is Verdict.SILENCE or is_invented:
            if heard.words:
                tally.dropped[INVENTION if is_invented else Verdict.SILENCE] += 1
                tally.not_speech.append(window)
            return Hypothesis((), heard.language)
        tally.failed += found is not Verdict.GOOD
        return without_loops(heard, self.rules.thresholds)

    async def _tried_again(
        self, window: Window, track: Samples, found: Verdict, best: Hypothesis, tally: "_Tally"
    ) -> tuple[Verdict, Hypothesis]:
        """At the next temperatures until one settles it. A window that is only unsure and gets no surer is given up."""
        thresholds, worse = self.rules.thresholds, 0
        samples = self.engine.facts.of(best.language).samples
        for temperature in self.rules.temperatures if samples else ():
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

    async def _fill_gaps(
        self, tracks: Sequence[Samples], speech: Sequence[Sequence[Clip]], found: list[TrackWords], tally: "_Tally"
    ) -> list[TrackWords]:
        """Speech without a word is decoded again from where the words end, as long as that finds more. What stays is told."""
        gaps = [coverage.uncovered(clips, track.words) for clips, track in zip(speech, found, strict=True)]
        asked = gaps
        for _ in range(self.rules.gap_rounds):
            new = await self._decoded_gaps(tracks, asked, found)
            tally.recovered += sum(map(len, new))
            found = [with_words(track, words) for track, words in zip(found, new, strict=True)]
            gaps = [coverage.uncovered(clips, track.words) for clips, track in zip(speech, found, strict=True)]
            asked = [left if words else [] for left, words in zip(gaps, new, strict=True)]
        return [
            replace(track, speech_s=coverage.seconds(clips), missing_s=coverage.seconds(left))
            for track, clips, left in zip(found, speech, gaps, strict=True)
        ]

    async def _decoded_gaps(
        self, tracks: Sequence[Samples], gaps: Sequence[Sequence[Clip]], found: Sequence[TrackWords]
    ) -> list[list[tuple[Word, str]]]:
        """The words that were found in each track's gaps, with the language of each."""
        longest = int(self.engine.facts.window_seconds * RATE_HZ)
        windows = [
            window
            for number, clips in enumerate(gaps)
            for window in pack(number, coverage.padded(clips, len(tracks[number])), longest)
        ]
        heard = await self._first_pass(tracks, windows, [track.language for track in found])
        words: list[dict[Word, str]] = [{} for _ in tracks]
        for window, first in zip(windows, heard, strict=True):
            taken = first if self._fills(window, first) else await self._in_its_language(window, tracks, first)
            if taken is not None:
                words[window.track] |= dict.fromkeys(words_on_track(window, taken.words), taken.language)
        return [
            [(word, said[word]) for gap in clips for word in coverage.new_words(gap, in_time(said), track.words)]
            for clips, said, track in zip(gaps, words, found, strict=True)
        ]

    async def _in_its_language(self, window: Window, tracks: Sequence[Samples], heard: Hypothesis) -> Hypothesis | None:
        """A gap where somebody goes on in another language than the track's; None where it is the track's, or still fills nothing."""
        sound = sound_of(window, tracks[window.track])
        spoken = await self.engine.detect_language(sound) if window.length >= SHORTEST_TOLD * RATE_HZ else ""
        if spoken in ("", heard.language):
            return None
        (again,) = await self.engine.decode([sound], [spoken], 0.0)
        return again if self._fills(window, again) else None

    def _fills(self, window: Window, heard: Hypothesis) -> bool:
        """Gaps are where a model invents: only what is good at the first try and likely is taken."""
        is_good = verdict(heard, window.length / RATE_HZ, self.rules.thresholds) is Verdict.GOOD
        return is_good and heard.avg_logprob >= self.rules.gap_log_prob and not self.inventions.invented(heard)


@dataclass
class _Tally:
    retried: int = 0
    failed: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    recovered: int = 0
    not_speech: list[Window] = field(default_factory=list)
    verdicts: Counter[str] = field(default_factory=Counter)


def _believed(track: int, windows: Sequence[Window], tally: _Tally) -> list[Clip]:
    """The track's speech, without windows whose words showed that they were none."""
    return [
        clip for window in windows if window.track == track and window not in tally.not_speech for clip in window.clips
    ]
