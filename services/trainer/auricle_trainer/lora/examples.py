"""Prompts and answers as tokens that know what they are: read, reasoning, form, place or value. Each kind has its own weight.

Reasoning is most of an answer's tokens and the least of what is asked for; a value is one or two.

All prompts about one conversation begin with the same tokens. A packed example reads those once:

    tokens      shared … shared | evaluate … its answer | intent … its answer
    branches         0 …      0 |        1 …          1 |      2 …          2      sees: its own and 0
    positions        0 …    n-1 |        n …            |      n …                 as if it stood alone
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import chain
from typing import Any

from auricle_judging import Rendered, canonical
from transformers import PreTrainedTokenizerBase

from auricle_trainer.judge.labelled import NULLABLE


class Kind(IntEnum):
    """What a token of an example is."""

    READ = 0
    REASONING = 1
    FORM = 2
    PLACE = 3
    VALUE = 4


NO_SCORE = -1
WEIGHTS = {Kind.READ: 0.0, Kind.REASONING: 0.2, Kind.FORM: 0.5, Kind.PLACE: 1.0, Kind.VALUE: 2.0}
DECIDING = (Kind.PLACE, Kind.VALUE)


@dataclass(frozen=True)
class Encoded:
    """Token ids with the kind of each, its position, and its branch (0: what all branches share).

    `scores`: the score, 0..100, at the token that its number begins with; NO_SCORE at all others.
    """

    ids: tuple[int, ...]
    kinds: tuple[Kind, ...]
    positions: tuple[int, ...]
    branches: tuple[int, ...]
    scores: tuple[int, ...]

    @classmethod
    def of(cls, ids: Sequence[int], kinds: Sequence[Kind], scores: Mapping[int, int] | None = None) -> "Encoded":
        """One prompt with its answer: one branch, positions in order. `scores` by the place of their first token."""
        said = scores or {}
        where = tuple(said.get(place, NO_SCORE) for place in range(len(ids)))
        return cls(tuple(ids), tuple(kinds), tuple(range(len(ids))), (0,) * len(ids), where)


def packed(examples: Sequence[Encoded]) -> Encoded:
    """Several prompts about the same conversation in one example that reads their common beginning once."""
    shared = 0
    for tokens in zip(*(one.ids for one in examples), strict=False):
        if len(set(tokens)) > 1:
            break
        shared += 1
    first = examples[0]
    ids, kinds, scores = list(first.ids[:shared]), list(first.kinds[:shared]), list(first.scores[:shared])
    positions, branches = list(range(shared)), [0] * shared
    for number, one in enumerate(examples, 1):
        ids += one.ids[shared:]
        kinds += one.kinds[shared:]
        scores += one.scores[shared:]
        positions += range(shared, len(one.ids))
        branches += [number] * (len(one.ids) - shared)
    return Encoded(tuple(ids), tuple(kinds), tuple(positions), tuple(branches), tuple(scores))


def pieces(answer: Mapping[str, Any]) -> list[tuple[str, Kind]]:
    """The canonical JSON of an answer in pieces.

    Whether there was an occasion is a value too: `null`, or the brace in its place, and the colon before them, which a tokenizer joins
    with the brace and not with `null`: the choice is made there.
    """
    out = [("{", Kind.FORM)]
    for number, (name, value) in enumerate(answer.items()):
        out.append((f'{"," if number else ""}"{name}', Kind.FORM))
        out.append(('":', Kind.VALUE if name in NULLABLE else Kind.FORM))
        out += [(_dump(value), Kind.REASONING)] if isinstance(value, str) else _answer(value, name in NULLABLE)
    return [*out, ("}", Kind.FORM)]


def encode(rendered: Rendered, answer: Mapping[str, Any], words: PreTrainedTokenizerBase) -> Encoded:
    """What a chat server would read, then the answer and the token that ends a turn."""
    read = prompt_ids(rendered, words)
    parts = pieces(answer)
    kinds = list(chain.from_iterable([kind] * len(text) for text, kind in parts))
    said = words("".join(text for text, _ in parts), add_special_tokens=False, return_offsets_mapping=True)
    own = [max(kinds[start : max(end, start + 1)], default=Kind.FORM) for start, end in said["offset_mapping"]]
    ids = (*read, *said["input_ids"], end_of_turn(words))
    scores = {
        len(read) + token: score
        for token, (start, end) in enumerate(said["offset_mapping"])
        for place, score in _scores(parts)
        if start <= place < end
    }
    return Encoded.of(ids, (*[Kind.READ] * len(read), *own, Kind.FORM), scores)


def prompt_ids(rendered: Rendered, words: PreTrainedTokenizerBase) -> list[int]:
    """The prompt's tokens behind the one that opens a text, where the base has one."""
    text = words.apply_chat_template(list(rendered.messages), tokenize=False, add_generation_prompt=True)
    opening = [words.bos_token_id] if words.bos_token_id is not None else []
    return [*opening, *words(text, add_special_tokens=False)["input_ids"]]


def end_of_turn(words: PreTrainedTokenizerBase) -> int:
    """Gemma's `<end_of_turn>`, ChatML's `<|im_end|>`, or the end of the text."""
    known = words.convert_tokens_to_ids(["<end_of_turn>", "<|im_end|>"])
    return int(next((one for one in known if one not in (None, words.unk_token_id)), words.eos_token_id))


def _answer(value: Mapping[str, Any] | None, nullable: bool) -> list[tuple[str, Kind]]:
    if value is None:
        return [("null", Kind.VALUE)]
    return [
        ("{", Kind.VALUE if nullable else Kind.FORM), ('"at":', Kind.FORM), (_dump(value["at"]), Kind.PLACE),
        (',"value":', Kind.FORM), (_dump(value["value"]), Kind.VALUE), ("}", Kind.VALUE),
    ]  # fmt: skip


def _scores(parts: Sequence[tuple[str, Kind]]) -> Iterator[tuple[int, int]]:
    """Where each number begins in the text of the pieces, and the number."""
    place = 0
    for text, kind in parts:
        if kind is Kind.VALUE and text.isdigit():
            yield place, int(text)
        place += len(text)


def _dump(value: Any) -> str:
    return canonical({"": value})[4:-1]
