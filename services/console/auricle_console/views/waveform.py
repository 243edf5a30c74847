"""The waveform as SVG paths drawn on the server: it scales, follows the theme, and needs neither script nor inline style."""

from collections.abc import Sequence
from dataclasses import dataclass

from auricle_contracts import Quote, Role, Turn

from auricle_console.gateway import Peaks

BARS = 1920
HALF = 50


@dataclass(frozen=True)
class Track:
    """One half of the picture: an outline in a box of `BARS` by 100, and whose it is."""

    path: str
    role: Role


@dataclass(frozen=True)
class Tick:
    """A quote's place on the picture, 0 to `BARS`."""

    x: float
    anchor: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Rise:
    """A turn whose tone was above its speaker's usual: a band of the picture, 0 to `BARS`."""

    x: float
    width: float


@dataclass(frozen=True)
class Waveform:
    """`width` and height 100 are the view box."""

    width: int
    tracks: tuple[Track, ...]
    ticks: tuple[Tick, ...]
    rises: tuple[Rise, ...] = ()


def draw(
    peaks: Peaks | None,
    roles: Sequence[Role],
    duration_ms: int | None,
    anchors: dict[Quote, str],
    risen: Sequence[Turn] = (),
) -> Waveform:
    """Two tracks stand on and hang from the middle line; one track does both. Without peaks only ticks and rises."""
    tracks = peaks.tracks[:2] if peaks else ()
    loudest = max((level for levels in tracks for level in levels), default=0) or 1
    both = len(tracks) == 1
    drawn = []
    for number, levels in enumerate(tracks):
        bars = [100 * level / loudest for level in squeeze(levels, BARS)]
        role = roles[number] if number < len(roles) else Role.UNKNOWN
        drawn.append(Track(_path(bars, up=both or number == 0, down=both or number == 1), role))
    return Waveform(BARS, tuple(drawn), _ticks(duration_ms, anchors), _rises(duration_ms, risen))


def squeeze(levels: Sequence[float], bars: int) -> list[float]:
    """At most `bars` levels; of several the loudest."""
    if len(levels) <= bars:
        return list(levels)
    return [max(levels[n * len(levels) // bars : (n + 1) * len(levels) // bars]) for n in range(bars)]


def _path(levels: Sequence[float], *, up: bool, down: bool) -> str:
    """The outline of a track, steps of equal width. Loudness is drawn by its square root: speech is quiet most of the time."""
    if not levels:
        return ""
    step = BARS / len(levels)
    heights = [max(0.8, HALF * (max(0, min(100, level)) / 100) ** 0.5) for level in levels]
    there = [f"V{HALF - height * up:.4g}H{step * (at + 1):.5g}" for at, height in enumerate(heights)]
    back = [f"V{HALF + height * down:.4g}H{step * at:.5g}" for at, height in reversed(list(enumerate(heights)))]
    return f"M0 {HALF}" + "".join(there) + "".join(back) + "Z"


def _rises(duration_ms: int | None, risen: Sequence[Turn]) -> tuple[Rise, ...]:
    return tuple(
        Rise(round(BARS * turn.start_ms / duration_ms, 1), round(BARS * (turn.end_ms - turn.start_ms) / duration_ms, 1))
        for turn in risen
        if duration_ms and turn.start_ms is not None and turn.end_ms is not None and turn.end_ms <= duration_ms
    )


def _ticks(duration_ms: int | None, anchors: dict[Quote, str]) -> tuple[Tick, ...]:
    if not duration_ms:
        return ()
    return tuple(
        Tick(round(BARS * quote.start_ms / duration_ms, 1), anchor, quote.start_ms, quote.end_ms or quote.start_ms)
        for quote, anchor in anchors.items()
        if quote.start_ms is not None and quote.start_ms <= duration_ms
    )
