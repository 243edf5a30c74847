"""Words as the engine wrote them: what stands without a space before it belongs to the word before ("из-за", "8 a.m.")."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from auricle_asr.speech.engine import RecognisedWord

UNSPACED = frozenset({"ja", "lo", "my", "th", "yue", "zh"})
"""Languages that are written without spaces: each piece stays a word of its own."""


def whole_words(pieces: Iterable[tuple[str, RecognisedWord]], language: str) -> tuple[RecognisedWord, ...]:
    """Pieces with their text as it was written, space and all, joined to words; a word is as sure as its least sure piece."""
    words: list[RecognisedWord] = []
    for written, piece in pieces:
        if not piece.text:
            continue
        if words and not written[:1].isspace() and language not in UNSPACED:
            words[-1] = _joined(words[-1], piece)
        else:
            words.append(piece)
    return tuple(words)


def as_written(words: Sequence[RecognisedWord], text: str) -> list[tuple[str, RecognisedWord]]:
    """Words of a server that strips them, each with the space that the reply's text has before it. One not found has a space."""
    pieces, at = [], 0
    for word in words:
        found = text.find(word.text, at)
        stands_alone = found < 0 or found == 0 or text[found - 1].isspace() or bool(text[at:found].strip())
        pieces.append((f" {word.text}" if stands_alone else word.text, word))
        at = at if found < 0 else found + len(word.text)
    return pieces


def _joined(word: RecognisedWord, piece: RecognisedWord) -> RecognisedWord:
    return replace(
        word,
        text=word.text + piece.text,
        end_s=max(word.end_s, piece.end_s),
        probability=min(word.probability, piece.probability),
    )
