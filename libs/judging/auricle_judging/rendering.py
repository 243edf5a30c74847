"""A prompt and a digest become chat messages and a JSON schema. Deterministic: training, scoring and bench see the same words.

    system      the language's, the same for all of its prompts
    user        channel ⏎ <<<boundary ⏎ T1 agent: clause |b| clause ⏎ … ⏎ boundary>>> ⏎ question ⏎ cases, where there are any

Everything up to the question is the same bytes for every prompt of a conversation, so a model server reads it once. Nothing in it
says who the agent is. The transcript is untrusted text: each line is folded onto one line, chat-template marks and the marks of
clauses are broken up, and the whole is fenced by a boundary that is made from the content and does not occur in it.
"""

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal, TypedDict

from auricle_contracts import Channel, DigestLine, Role
from auricle_contracts.judges import Reasoning
from auricle_criteria import Example, Prompt
from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from auricle_judging.clauses import Clause, clauses_of, is_citable

_TEMPLATE_MARKS = re.compile(r"<(?=[|/a-zA-Z_])|\[(?=/?(?:INST|SYS))|\|(?=[a-z]{1,3}\|)")
# Characters that look like a mark's own but are not folded into it by NFKC (Unicode's confusables of `<`, `|`, `/`, `[`).
_LOOKALIKES = str.maketrans(
    {
        **dict.fromkeys("\u2039\u276e\u02c2\u1438\u16b2\u227a\u2329\u27e8\u3008\u300a\u00ab", "<"),
        **dict.fromkeys("\u2223\u2502\u2503\u01c0\u2758\u2759\u275a\u23d0\u23fd\u05c0\u00a6\u2016\u2225", "|"),
        **dict.fromkeys("\u2044\u2215\u29f8\u2571", "/"),
        **dict.fromkeys("\u27e6\u3010\u3014\u3016", "["),
        "\u2581": "_",
    }
)
_OPENINGS = frozenset("<[|")
_SPACES = re.compile(r"\s+")
REASONING = "reasoning"  # the key of a schema that a model may go without


Choices = Mapping[str, Sequence[str]]


class ChatMessage(TypedDict):
    """One message of a chat completion."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class PromptLine:
    """One line that the model reads: `T12 agent: clause |b| clause`. `label` is that of its first clause; `text` has no marks."""

    label: str
    role: Role
    text: str
    turns: tuple[int, ...]
    clauses: tuple[Clause, ...] = ()

    @property
    def marked(self) -> str:
        """The text with a mark where each clause but the first begins."""
        stem = f"T{self.turns[0]}"
        return "".join(
            clause.text if number == 0 else f" |{clause.label.removeprefix(stem)}| {clause.text}"
            for number, clause in enumerate(self.clauses)
        )


@dataclass(frozen=True)
class Rendered:
    """What is sent: messages and the schema of the answer; `clauses` by label is what evidence is looked up in."""

    messages: tuple[ChatMessage, ...]
    schema: Mapping[str, Any]
    lines: Mapping[str, PromptLine]
    clauses: Mapping[str, Clause]


def render(
    prompt: Prompt,
    lines: Sequence[DigestLine],
    *,
    channel: Channel = Channel.CALL,
    shots: int | None = None,
    choices: Choices | None = None,
    told: Mapping[str, object] | None = None,
    reasoning: Reasoning = Reasoning.SHORT,
    cases: str = "",
) -> Rendered:
    """Messages and schema for a digest. `shots`: examples in the question (None: as the prompt says).

    `choices`: the scorecard's lists, by criterion. `told`: what else the question's template may name. `reasoning` NONE: the schema and
    the examples have none; the question's words stay, because they are the prompt's version. `cases` stand behind the question, fenced by
    the caller; without them the bytes are those of the question alone.
    The digest must have at least one line: an empty conversation is not a question for a model (ValueError).
    """
    if not lines:
        raise ValueError("nothing to render: the digest has no lines")
    shown = prompt_lines(lines)
    citable = [line for line, one in zip(shown, lines, strict=True) if is_citable(one)] or shown
    clauses = {clause.label: clause for line in citable for clause in line.clauses}
    question = _question(prompt, prompt.shots if shots is None else shots, choices or {}, told or {}, reasoning)
    messages = (
        ChatMessage(role="system", content=prompt.system.strip()),
        ChatMessage(
            role="user", content="\n".join((conversation(shown, channel), question, *([cases] if cases else [])))
        ),
    )
    schema = schema_for(prompt, tuple(clauses), choices or {}, reasoning)
    return Rendered(messages, schema, {one.label: one for one in shown}, clauses)


def prompt_lines(lines: Sequence[DigestLine]) -> list[PromptLine]:
    """Digest lines as the model sees them. Pieces of one line, which windows cut, go on with its labels."""
    return list(_prompt_lines(tuple(lines)))


@lru_cache(maxsize=64)
def _prompt_lines(lines: tuple[DigestLine, ...]) -> tuple[PromptLine, ...]:
    """Once for all prompts of a conversation."""
    given: Counter[int] = Counter()
    shown = []
    for line in lines:
        text = fold(line.text)
        clauses = clauses_of(line, text, given[line.turns[0]])
        given[line.turns[0]] += len(clauses)
        shown.append(PromptLine(clauses[0].label, line.role, text, line.turns, clauses))
    return tuple(shown)


def conversation(lines: Sequence[PromptLine], channel: Channel) -> str:
    """The fenced conversation: the first part of the user's message, the same for every question about it."""
    boundary = boundary_of(lines)
    said = "".join(f"{line.label} {line.role}: {line.marked}\n" for line in lines)
    return f"{channel.value}\n<<<{boundary}\n{said}{boundary}>>>"


def fenced(texts: Mapping[str, str]) -> str:
    """Texts of others, such as passages of the knowledge base, a line each under its label, between marks that none of them has."""
    lines = [f"{label} {fold(text)}" for label, text in texts.items()]
    boundary = _boundary("\n".join(lines))
    return "\n".join((f"<<<{boundary}", *lines, f"{boundary}>>>"))


def fold(text: str) -> str:
    """One line without control characters and without anything that a chat template would read as its own mark.

    Composed (NFC): transformers and vLLM compose by themselves, llama.cpp does not, and all must read the same tokens.
    """
    composed = unicodedata.normalize("NFC", text if text.isprintable() else _printable(text))
    return _SPACES.sub(" ", _broken_up(composed)).strip()


def _printable(text: str) -> str:
    """Spaces for control characters and separators of lines; without format characters, surrogates and private ones."""
    visible = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in text)
    return "".join(char for char in visible if unicodedata.category(char) not in ("Cf", "Cs", "Co"))


def _broken_up(text: str) -> str:
    """With a space inside of each template mark, fullwidth and lookalike ones too: DeepSeek's own bar is U+FF5C."""
    if not any(_plain(char) in _OPENINGS for char in {*text}):
        return text
    plain = text if text.isascii() else "".join(map(_plain, text))
    cuts = [0, *(mark.end() for mark in _TEMPLATE_MARKS.finditer(plain)), len(text)]
    return " ".join(text[start:end] for start, end in pairwise(cuts))


@lru_cache(4096)
def _plain(char: str) -> str:
    """The one character that this one stands for in a mark; itself where it stands for several or none."""
    folded = unicodedata.normalize("NFKC", char).translate(_LOOKALIKES)
    return folded if len(folded) == 1 else char


def schema_for(
    prompt: Prompt, labels: Sequence[str], choices: Choices, reasoning: Reasoning = Reasoning.SHORT
) -> dict[str, Any]:
    """The prompt's schema with `$defs.label` closed over the clauses that are really there, and `$defs.<criterion>` over its choices."""
    asked = prompt.answer_schema if reasoning is Reasoning.SHORT else _without_reasoning(prompt.answer_schema)
    open_lists = {"label": labels, **choices}
    defs = asked.get("$defs", {})
    closed = {
        name: {**one, "enum": list(open_lists[name])} if name in open_lists else one for name, one in defs.items()
    }
    return {**asked, "$defs": closed} if defs else dict(asked)


def _without_reasoning(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema without the property that says why; the same where it has none."""
    left = {name: one for name, one in schema.get("properties", {}).items() if name != REASONING}
    required = [name for name in schema.get("required", ()) if name != REASONING]
    return {**schema, "properties": left, "required": required}


def canonical(answer: Mapping[str, Any]) -> str:
    """An answer as the model should write it: compact JSON, keys in schema order, Cyrillic as it is."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


def boundary_of(lines: Sequence[PromptLine]) -> str:
    """Eight hex digits made from the content; the next ones when they happen to occur in it."""
    return _boundary("\n".join(line.text for line in lines))


def _boundary(body: str) -> str:
    for attempt in range(1000):
        mark = hashlib.sha256(f"{attempt}\n{body}".encode()).hexdigest()[:8]
        if mark not in body:
            return mark
    raise ValueError("a thousand boundaries all occur in the text")


def _question(prompt: Prompt, shots: int, choices: Choices, told: Mapping[str, object], reasoning: Reasoning) -> str:
    examples = [_example(example, reasoning) for example in prompt.examples[:shots]]
    return template(prompt.question).render({**told, "choices": choices, "examples": examples}).strip()


def _example(example: Example, reasoning: Reasoning) -> Mapping[str, str]:
    """An example as a question shows it: a fenced conversation and the answer to it."""
    lines = prompt_lines([DigestLine(turns=(turn,), role=role, text=text) for turn, role, text in example.lines])
    answer = {name: one for name, one in example.answer.items() if name != REASONING or reasoning is Reasoning.SHORT}
    return {"conversation": conversation(lines, example.channel), "answer": canonical(answer)}


@lru_cache(maxsize=64)
def template(source: str) -> Template:
    """Prompts come from customers too: sandboxed, and a missing variable is an error."""
    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False).from_string(source)
