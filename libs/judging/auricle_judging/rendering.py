"""A prompt and a digest become chat messages and a JSON schema. Deterministic: training, scoring and bench see the same words.

The transcript is untrusted text: each line is folded onto one line, chat-template marks are broken up, and the whole is
fenced by a boundary that is made from the content and does not occur in it.
"""

import copy
import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, TypedDict

from auricle_contracts import Channel, DigestLine, Role
from auricle_criteria import Example, Prompt
from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

_TEMPLATE_MARKS = re.compile(r"<(?=[|/a-zA-Z_])|\[(?=/?(?:INST|SYS))")
_SPACES = re.compile(r"\s+")


Choices = Mapping[str, Sequence[str]]


class ChatMessage(TypedDict):
    """One message of a chat completion."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class PromptLine:
    """One line that the model reads: `T12 agent: text`. `label` names the first of the turns that the line stands for."""

    label: str
    role: Role
    text: str
    turns: tuple[int, ...]


@dataclass(frozen=True)
class Rendered:
    """What is sent: messages and the schema of the answer; `lines` by label is what quotes are looked up in."""

    messages: tuple[ChatMessage, ...]
    schema: Mapping[str, Any]
    lines: Mapping[str, PromptLine]


def render(
    prompt: Prompt,
    lines: Sequence[DigestLine],
    *,
    channel: Channel = Channel.CALL,
    shots: int | None = None,
    choices: Choices | None = None,
) -> Rendered:
    """Messages and schema for a digest. `shots`: examples before the question (None: as the prompt says).

    `choices`: the scorecard's lists, by criterion.
    The digest must have at least one line: an empty conversation is not a question for a model (ValueError).
    """
    if not lines:
        raise ValueError("nothing to render: the digest has no lines")
    shown = [prompt_line(line) for line in lines]
    examples = prompt.examples[: prompt.shots if shots is None else shots]
    messages = [
        ChatMessage(role="system", content=template(prompt.system).render(prompt=prompt, choices=choices or {}).strip())
    ]
    for example in examples:
        messages += _shot(prompt, example)
    messages.append(_question(prompt, shown, channel))
    return Rendered(tuple(messages), schema_for(prompt, shown, choices or {}), {line.label: line for line in shown})


def prompt_line(line: DigestLine) -> PromptLine:
    """A digest line as the model sees it."""
    return PromptLine(f"T{line.turns[0]}", line.role, fold(line.text), line.turns)


def fold(text: str) -> str:
    """One line without control characters and without anything that a chat template would read as its own mark.

    Composed (NFC): transformers and vLLM compose by themselves, llama.cpp does not, and all must read the same tokens.
    """
    visible = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in text)
    printable = "".join(char for char in visible if unicodedata.category(char) not in ("Cf", "Cs", "Co"))
    composed = unicodedata.normalize("NFC", printable)
    return _SPACES.sub(" ", _TEMPLATE_MARKS.sub(lambda mark: mark.group() + " ", composed)).strip()


def schema_for(prompt: Prompt, lines: Sequence[PromptLine], choices: Choices) -> dict[str, Any]:
    """The prompt's schema with `$defs.turn` closed over the turns that are really there, and `$defs.<criterion>` over its choices."""
    schema = copy.deepcopy(prompt.answer_schema)
    open_lists = {"turn": tuple(dict.fromkeys(line.label for line in lines)), **choices}
    for name, values in open_lists.items():
        if name in schema.get("$defs", {}):
            schema["$defs"][name]["enum"] = list(values)
    return schema


def canonical(answer: Mapping[str, Any]) -> str:
    """An answer as the model should write it: compact JSON, keys in schema order, Cyrillic as it is."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


def boundary_of(lines: Sequence[PromptLine]) -> str:
    """Eight hex digits made from the content; the next ones when they happen to occur in it."""
    body = "\n".join(line.text for line in lines)
    for attempt in range(1000):
        mark = hashlib.sha256(f"{attempt}\n{body}".encode()).hexdigest()[:8]
        if mark not in body:
            return mark
    raise ValueError("a thousand boundaries all occur in the text")


def _question(prompt: Prompt, lines: Sequence[PromptLine], channel: Channel) -> ChatMessage:
    content = template(prompt.user).render(channel=channel.value, boundary=boundary_of(lines), lines=lines)
    return ChatMessage(role="user", content=content.strip())


def _shot(prompt: Prompt, example: Example) -> list[ChatMessage]:
    lines = [PromptLine(f"T{turn}", role, fold(text), (turn,)) for turn, role, text in example.lines]
    answer = ChatMessage(role="assistant", content=canonical(example.answer))
    return [_question(prompt, lines, example.channel), answer]


@lru_cache(maxsize=64)
def template(source: str) -> Template:
    """Prompts come from customers too: sandboxed, and a missing variable is an error."""
    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False).from_string(source)
