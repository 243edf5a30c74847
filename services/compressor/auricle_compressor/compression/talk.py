"""Dropped talk in blocks that a model may tell in one line, and what such a line must be before it is believed. Pure.

A block is the talk of one stretch. Its line adds to what extraction keeps and replaces nothing, so a bad line costs tokens only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from auricle_contracts import DigestLine, Role, Transcript, Turn
from auricle_languages import AnalysedTurn, Languages, analyse_turn

from auricle_compressor.compression import figures
from auricle_compressor.compression.drafting import Draft

LEAST_WORDS = 40  # talk of fewer words is not worth a question
MOST_BLOCKS = 6
LONGEST_SHARE = 0.5
REASONS = ("talk", "said_again")


@dataclass(frozen=True)
class Block:
    """The turns of a stretch that were dropped as talk."""

    turns: tuple[Turn, ...]

    @property
    def lines(self) -> tuple[DigestLine, ...]:
        """As a model is shown them."""
        return tuple(DigestLine(turns=(turn.id,), role=turn.role, text=turn.text) for turn in self.turns)


def blocks(draft: Draft, transcript: Transcript) -> tuple[Block, ...]:
    """The largest blocks, in order, at most `MOST_BLOCKS`."""
    dropped = {one.turn for one in draft.dropped if one.reason in REASONS}
    found = []
    for stretch in draft.stretches:
        talk = tuple(
            turn for turn in transcript.turns if turn.id in dropped and stretch.first <= turn.id <= stretch.last
        )
        if _words(talk) >= LEAST_WORDS:
            found.append(Block(talk))
    largest = sorted(found, key=lambda block: -_words(block.turns))[:MOST_BLOCKS]
    return tuple(block for block in found if block in largest)


def believable(summary: str, block: Block, languages: Languages) -> bool:
    """Shorter than half of the block, and without a number or a name that is not in it."""
    told = _read(summary, languages)
    heard = [analyse_turn(turn, languages) for turn in block.turns]
    numbers = {number for read in heard for number in _numbers(read)}
    lemmas = {lemma for read in heard for lemma in read.lemmas}
    short = len(summary) <= LONGEST_SHARE * sum(len(turn.text) for turn in block.turns)
    names = {one.lemma for one in told.analyses if one.name}
    return short and _numbers(told) <= numbers and names <= lemmas


def told(draft: Draft, summaries: Mapping[Block, str]) -> Draft:
    """The draft with a line for each block, where its talk began."""
    lines = list(draft.lines)
    for block, summary in summaries.items():
        numbers = tuple(turn.id for turn in block.turns)
        place = next((n for n, line in enumerate(lines) if line.turns[0] > numbers[0]), len(lines))
        lines.insert(place, DigestLine(turns=numbers, role=Role.UNKNOWN, text=f"({summary.strip(' .()')})"))
    return replace(draft, lines=tuple(lines))


def _read(text: str, languages: Languages) -> AnalysedTurn:
    return analyse_turn(Turn(id=1, participant="", role=Role.UNKNOWN, text=text), languages)


def _numbers(read: AnalysedTurn) -> set[str]:
    """Every word of every number: a summary may say one of several."""
    return {word for run in figures.said(read, range(len(read.tokens))) for word in run.split()}


def _words(turns: Sequence[Turn]) -> int:
    return sum(len(turn.text.split()) for turn in turns)
