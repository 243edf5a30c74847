"""What one heard call is worth beside its truth: words, roles, times of words, speech without a word. Counts, so that calls add up.

Words are compared track by track. A true turn is right when most of the words that were heard in place of its own lie in turns of its
role: one that is `unknown`, tied, or without a word is not right.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from auricle_asr.speech.phrases import normalised
from auricle_asr.transcriber import Transcribed
from auricle_contracts import Word
from rapidfuzz.distance import Levenshtein


@dataclass(frozen=True)
class TrueWord:
    """A word that was said, and the number of its turn."""

    text: str
    start_ms: int
    end_ms: int
    turn: int


@dataclass(frozen=True)
class CallTruth:
    """The words of each recorded track in the order of time, and the role of each turn."""

    tracks: tuple[tuple[TrueWord, ...], ...]
    roles: Mapping[int, str]

    @staticmethod
    def read(path: Path, tracks: int) -> "CallTruth":
        """Of a `.truth.json`; a mono recording has all words on its one track."""
        turns = json.loads(path.read_bytes())["turns"]
        words = sorted(
            (
                (turn["track"] if tracks > 1 else 0, TrueWord(part, start, end, turn["turn"]))
                for turn in turns
                for text, start, end in turn["words"]
                for part in normalised(text).split()
            ),
            key=lambda one: one[1].start_ms,
        )
        sides = tuple(tuple(word for track, word in words if track == number) for number in range(tracks))
        return CallTruth(sides, {turn["turn"]: turn["role"] for turn in turns})


@dataclass(frozen=True)
class HeardWord:
    """A word that was heard, and the role of the turn that it became a part of."""

    text: str
    start_ms: int
    end_ms: int
    role: str


def heard_words(done: Transcribed) -> list[list[HeardWord]]:
    """Of each track, in the order of time."""
    roles: dict[int, str] = {id(word): turn.role.value for turn in done.transcript.turns for word in turn.words}
    return [[heard for word in track.words for heard in _parts(word, roles)] for track in done.recognised.tracks]


def _parts(word: Word, roles: Mapping[int, str]) -> list[HeardWord]:
    return [HeardWord(part, word.start_ms, word.end_ms, roles[id(word)]) for part in normalised(word.text).split()]


def errors(truth: Sequence[TrueWord], heard: Sequence[str]) -> Counter[str]:
    """Words said, heard, wrong in any way, and lost: said, with nothing in their place."""
    edits = Levenshtein.editops([word.text for word in truth], list(heard))
    lost = sum(edit.tag == "delete" for edit in edits)
    return Counter(words=len(truth), heard=len(heard), errors=len(edits), lost=lost)


def pairs(truth: Sequence[TrueWord], heard: Sequence[HeardWord]) -> list[tuple[TrueWord, HeardWord]]:
    """Words said with those heard in their place, right or wrong."""
    blocks = Levenshtein.opcodes([word.text for word in truth], [word.text for word in heard])
    return [
        pair
        for block in blocks
        if block.tag in ("equal", "replace")
        for pair in zip(truth[block.src_start : block.src_end], heard[block.dest_start : block.dest_end], strict=True)
    ]


def roles(truth: CallTruth, paired: Iterable[tuple[TrueWord, HeardWord]]) -> Counter[str]:
    """True turns: `turns`, and of them `right`, `unknown`, `wrong` and `unheard`; `right` by role as `right_agent` and so on."""
    votes: dict[int, Counter[str]] = {turn: Counter() for turn in truth.roles}
    for said, heard in paired:
        votes[said.turn][heard.role] += 1
    found: Counter[str] = Counter()
    for turn, role in truth.roles.items():
        verdict = _verdict(role, votes[turn])
        found.update(("turns", f"turns_{role}", verdict, *([f"right_{role}"] if verdict == "right" else [])))
    return found


def _verdict(role: str, votes: Counter[str]) -> str:
    if not votes:
        return "unheard"
    if 2 * votes[role] > votes.total():
        return "right"
    return "unknown" if votes.most_common(1)[0][0] == "unknown" else "wrong"


def time_errors_ms(paired: Iterable[tuple[TrueWord, HeardWord]]) -> list[int]:
    """How far the start of each rightly heard word is from where it was said."""
    return [abs(said.start_ms - heard.start_ms) for said, heard in paired if said.text == heard.text]
