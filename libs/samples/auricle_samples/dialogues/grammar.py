"""A small phrase grammar: what makes two dialogues of one scenario read differently.

{a|b|c}   one of the alternatives, which may nest
[a]       a or nothing, half and half
(m/f)     the first form when a man speaks, the second when a woman does; (f) is (/f)
<slot>    a value that stays the same through one dialogue
"""

import random
from collections.abc import Mapping

_CLOSING = {"{": "}", "[": "]", "(": ")", "<": ">"}


class GrammarError(ValueError):
    """A template with an unclosed bracket or an unknown slot."""


def expand(template: str, rng: random.Random, slots: Mapping[str, str], *, female: bool = False) -> str:
    """One reading of `template`, with a capital first letter and single spaces. Raises GrammarError."""
    return tidy(_expand(template, rng, slots, female))


def tidy(text: str) -> str:
    """Single spaces, none before punctuation, a capital at the start and after a full stop."""
    words = " ".join(text.split())
    for mark in ",.!?:;":
        words = words.replace(f" {mark}", mark)
    return _capitals(words)


def alternatives(body: str, separator: str) -> list[str]:
    """`body` cut at `separator` outside of nested brackets."""
    parts, depth = [""], 0
    for char in body:
        depth += (char in _CLOSING) - (char in _CLOSING.values())
        if char == separator and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def _expand(template: str, rng: random.Random, slots: Mapping[str, str], female: bool) -> str:
    out, position = [], 0
    while position < len(template):
        opening = template[position]
        if opening not in _CLOSING:
            out.append(opening)
            position += 1
            continue
        end = _match(template, position)
        out.append(_resolve(opening, template[position + 1 : end], rng, slots, female))
        position = end + 1
    return "".join(out)


def _resolve(opening: str, body: str, rng: random.Random, slots: Mapping[str, str], female: bool) -> str:
    if opening == "<":
        if body not in slots:
            raise GrammarError(f"no slot <{body}>")
        return _expand(slots[body], rng, slots, female)
    if opening == "[":
        return _expand(body, rng, slots, female) if rng.random() < 0.5 else ""
    if opening == "(":
        forms = alternatives(body, "/") if "/" in body else ["", body]
        return _expand(forms[-1 if female else 0], rng, slots, female)
    return _expand(rng.choice(alternatives(body, "|")), rng, slots, female)


def _match(template: str, start: int) -> int:
    opening, depth = template[start], 0
    for position in range(start, len(template)):
        depth += (template[position] == opening) - (template[position] == _CLOSING[opening])
        if depth == 0:
            return position
    raise GrammarError(f"{opening} is not closed in {template!r}")


def _capitals(text: str) -> str:
    out, start = [], True
    for position, char in enumerate(text):
        out.append(char.upper() if start and char.isalpha() else char)
        if char.isalnum():
            start = False
        elif char in ".!?" and text[position + 1 : position + 2] == " ":
            start = True
    return "".join(out)
