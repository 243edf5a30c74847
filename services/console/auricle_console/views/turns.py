"""The transcript beside what the model read of it: each turn cut into pieces that play, quotes marked, dropped turns with their reason."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from auricle_contracts import Digest, DigestStretch, Quote, Role, Transcript, Turn, TurnTone, Word
from auricle_contracts.alignment import word_spans

from auricle_console.views.sentiment import SaidMark
from auricle_console.wording import Wording

HEARD_BADLY_BELOW = 0.5
MOST_TURNS = 3000  # a page of more would be tens of megabytes; the API has the rest


@dataclass(frozen=True)
class Piece:
    """A run of a turn's text: one word that plays at `start_ms`, or what stands between words. `anchors` of quotes that cover it."""

    text: str
    start_ms: int | None = None
    anchors: tuple[str, ...] = ()
    heard_badly: bool = False


@dataclass(frozen=True)
class TurnRow:
    """A turn, its pieces, and what became of it: `read` is the digest's line, `dropped` the reason in words.

    `read_with` is the turn whose line holds this turn's words too; `stretch` is set where one of several stretches begins;
    `foreign` names the turn's language where it is another than the conversation's;
    `rise` where the voice was well above its own usual; `said` where the words are negative or positive.
    """

    turn: Turn
    role: Role
    speaker: str
    pieces: tuple[Piece, ...]
    read: str | None
    unchanged: bool
    dropped: str | None
    stands_for: tuple[int, ...]
    read_with: int | None = None
    stretch: DigestStretch | None = None
    foreign: str | None = None
    rise: TurnTone | None = None
    said: SaidMark | None = None


def turn_rows(
    transcript: Transcript,
    digest: Digest | None,
    anchors: Mapping[Quote, str],
    speakers: Mapping[str, str],
    words: Wording,
    said: Mapping[int, SaidMark] = MappingProxyType({}),
) -> tuple[TurnRow, ...]:
    """The turns in order, at most `MOST_TURNS`. Without a digest nothing was dropped and nothing is said about reading."""
    lines = {line.turns[0]: line for line in digest.lines if line.turns} if digest else {}
    dropped = {one.turn: one.reason for one in digest.dropped} if digest else {}
    holders = {turn: line.turns[0] for line in lines.values() for turn in line.turns[1:]}
    stretches = {one.first: one for one in digest.stretches} if digest and len(digest.stretches) > 1 else {}
    rises = {one.turn: one for one in transcript.tones if one.tense}
    quotes = _by_turn(anchors)
    rows = []
    for turn in transcript.turns[:MOST_TURNS]:
        line = lines.get(turn.id)
        reason = dropped.get(turn.id)
        rows.append(
            TurnRow(
                turn=turn,
                role=turn.role,
                speaker=speakers.get(turn.participant) or words(f"role.{turn.role}"),
                pieces=pieces(turn, quotes.get(turn.id, ())),
                read=line.text if line else None,
                unchanged=bool(line and line.text.strip() == turn.text.strip()),
                dropped=words.known(f"dropped.{reason}", reason) if reason else None,
                stands_for=line.turns[1:] if line else (),
                read_with=holders.get(turn.id) if line is None and not reason else None,
                stretch=stretches.get(turn.id),
                foreign=_foreign(turn, transcript, words),
                rise=rises.get(turn.id),
                said=said.get(turn.id),
            )
        )
    return tuple(rows)


def _foreign(turn: Turn, transcript: Transcript, words: Wording) -> str | None:
    other = turn.language if turn.language and transcript.language and turn.language != transcript.language else None
    return words.language_name(other) if other else None


def pieces(turn: Turn, quotes: Sequence[tuple[Quote, str]]) -> tuple[Piece, ...]:
    """The text cut at every border of a word and of a quote; joined again it is the text."""
    words = [(span, word) for span, word in zip(word_spans(turn), turn.words, strict=True) if span[0] < span[1]]
    borders = {0, len(turn.text)}
    borders.update(border for span, _ in words for border in span)
    borders.update(min(border, len(turn.text)) for quote, _ in quotes for border in (quote.span.start, quote.span.end))
    made = []
    at = 0
    for start, end in pairwise(sorted(borders)):
        while at < len(words) and words[at][0][1] <= start:
            at += 1
        word = words[at][1] if at < len(words) and words[at][0][0] <= start else None
        made.append(_piece(turn.text[start:end], word, (start, end), quotes))
    return tuple(made)


def _piece(text: str, word: Word | None, place: tuple[int, int], quotes: Sequence[tuple[Quote, str]]) -> Piece:
    covering = tuple(anchor for quote, anchor in quotes if quote.span.start <= place[0] and place[1] <= quote.span.end)
    unsure = word is not None and word.confidence < HEARD_BADLY_BELOW
    return Piece(text, word.start_ms if word else None, covering, unsure)


def _by_turn(anchors: Mapping[Quote, str]) -> dict[int, list[tuple[Quote, str]]]:
    found: dict[int, list[tuple[Quote, str]]] = {}
    for quote, anchor in anchors.items():
        found.setdefault(quote.turn, []).append((quote, anchor))
    return found


def place(quotes: Iterable[Quote]) -> dict[Quote, str]:
    """An anchor for each different quote, in order of appearance."""
    return {quote: f"q{number}" for number, quote in enumerate(dict.fromkeys(quotes), start=1)}
