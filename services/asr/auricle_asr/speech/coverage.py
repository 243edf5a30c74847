"""Coverage: stretches of speech in which an engine heard no word, so that they are decoded again or told as missing. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from auricle_contracts import Word
from auricle_kit.intervals import union

from auricle_asr.recordings.recording import RATE_HZ, SAMPLES_PER_MS
from auricle_asr.speech.phrases import normalised
from auricle_asr.speech.windows import Clip

SLACK_MS = 350
"""Around a word: engines place words loosely, and a clip has a little silence at both ends."""
WORD_MS, LETTER_MS = 500, 120
"""A word covers no more than this: an aligner stretches the word before a gap over all of it."""
SHORTEST_CLIP, SHORTEST_GAP = RATE_HZ, 2 * RATE_HZ
"""A whole stretch without a word is told from a second on; within one, two may be a breath and loose times."""
PAD = 300 * SAMPLES_PER_MS


def uncovered(clips: Iterable[Clip], words: Sequence[Word]) -> list[Clip]:
    """Stretches without a word, in the order of time. `words` are those of the same track."""
    spans = union(map(_span, words))
    return [gap for clip in sorted(clips, key=lambda one: one.start) for gap in _gaps(clip, spans)]


def seconds(clips: Iterable[Clip]) -> float:
    """Their length together."""
    return sum(clip.length for clip in clips) / RATE_HZ


def padded(clips: Iterable[Clip], length: int) -> list[Clip]:
    """The stretches with a little of the sound around each, for a track of this length."""
    return [Clip(max(0, clip.start - PAD), min(length, clip.end + PAD)) for clip in clips]


def new_words(gap: Clip, found: Sequence[Word], said: Sequence[Word]) -> list[Word]:
    """Those found in the gap, less what its neighbours say: an aligner may have put a word beside the place where it was said.

    Both are in the order of time.
    """
    new = list(found[bisect_left(found, gap.start, key=_middle) : bisect_left(found, gap.end, key=_middle)])
    place = bisect_left(said, gap.start, key=lambda word: word.start_ms * SAMPLES_PER_MS)
    before, after = said[max(0, place - len(new)) : place], said[place : place + len(new)]
    new = new[_overlap(_texts(before), _texts(new)) :]
    return new[: len(new) - _overlap(_texts(after)[::-1], _texts(new)[::-1])]


def _middle(word: Word) -> int:
    return (word.start_ms + word.end_ms) * SAMPLES_PER_MS // 2


def _texts(words: Iterable[Word]) -> list[str]:
    return [normalised(word.text) for word in words]


def _overlap(before: Sequence[str], new: Sequence[str]) -> int:
    """How many of the new words repeat the last ones before them: two or more, or all. One word said twice in a longer text is speech."""
    sizes = range(min(len(before), len(new)), 0, -1)
    return next((size for size in sizes if before[-size:] == new[:size] and (size > 1 or len(new) == 1)), 0)


def _span(word: Word) -> tuple[int, int]:
    end_ms = min(word.end_ms, word.start_ms + WORD_MS + LETTER_MS * len(word.text))
    return (word.start_ms - SLACK_MS) * SAMPLES_PER_MS, (end_ms + SLACK_MS) * SAMPLES_PER_MS


def _gaps(clip: Clip, spans: Sequence[tuple[int, int]]) -> Iterator[Clip]:
    at = clip.start
    for number in range(bisect_right(spans, at, key=lambda span: span[1]), len(spans)):
        start, end = spans[number]
        if start >= clip.end:
            break
        if start - at >= SHORTEST_GAP:
            yield Clip(at, start)
        at = max(at, end)
    if clip.end - at >= (SHORTEST_CLIP if at == clip.start else SHORTEST_GAP):
        yield Clip(at, clip.end)
