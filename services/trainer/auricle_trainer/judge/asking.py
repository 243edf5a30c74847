"""The held-out dialogues put to the served judge: `python -m auricle_llm` over a folder of weights, asked as the scorer asks."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auricle_criteria import Prompt
from auricle_judging import ModelClient, Rendered, find_quote
from auricle_judging.replies import BadReply, parse
from auricle_samples.dialogues import Dialogue
from rich.progress import track

from auricle_trainer.judge.documents import Asking
from auricle_trainer.judge.serving import service


@dataclass(frozen=True)
class Asked:
    """One dialogue and what came back. `answer` is None when it was cut short or broke the schema."""

    dialogue: Dialogue
    answer: dict[str, Any] | None
    finished: bool
    quotes: dict[str, tuple[str, int | None]]  # criterion → the turn that the model named, the turn where the words are
    tokens_in: int
    tokens_out: int
    seconds: float


@contextmanager
def served(weights: Path) -> Iterator[str]:
    """The address of a model server over `weights`, in a process of its own."""
    with service("auricle_llm", {"AURICLE_JUDGE_DIR": str(weights)}, "/health") as address:
        yield f"{address}/v1"


@dataclass(frozen=True)
class Inquiry:
    """One of the prompts put to one of the served models."""

    address: str
    model: str
    asking: Asking
    prompt: Prompt
    shots: int = 0


def ask_all(inquiry: Inquiry, dialogues: Sequence[Dialogue]) -> list[Asked]:
    """Every dialogue once, without repair."""
    return asyncio.run(_ask_all(inquiry, dialogues))


async def _ask_all(inquiry: Inquiry, dialogues: Sequence[Dialogue]) -> list[Asked]:
    async with ModelClient(inquiry.address, inquiry.model, timeout_s=600) as client:
        named = f"{inquiry.model} {inquiry.prompt.id}"
        return [await _ask(client, inquiry, dialogue) for dialogue in track(dialogues, description=named)]


async def _ask(client: ModelClient, inquiry: Inquiry, dialogue: Dialogue) -> Asked:
    prompt = inquiry.prompt
    rendered = inquiry.asking.rendered(prompt, dialogue, shots=inquiry.shots)
    came = await client.ask(
        rendered.messages, rendered.schema, temperature=prompt.temperature, max_tokens=prompt.max_tokens
    )
    answer = _parsed(came.text, rendered) if came.finished else None
    quotes = _quotes(answer, rendered, dialogue) if answer else {}
    return Asked(dialogue, answer, came.finished, quotes, came.tokens_in, came.tokens_out, came.seconds)


def _parsed(text: str, rendered: Rendered) -> dict[str, Any] | None:
    try:
        return parse(text, rendered.schema)
    except BadReply:
        return None


def _quotes(answer: dict[str, Any], rendered: Rendered, dialogue: Dialogue) -> dict[str, tuple[str, int | None]]:
    """By the scorer's own search, for every criterion that has a quote."""
    found = {}
    for name, said in answer.items():
        if isinstance(said, dict) and "quote" in said:
            quote = find_quote(said["quote"], said["turn"], rendered.lines, dialogue.transcript())
            found[name] = (str(said["turn"]), quote.turn if quote else None)
    return found
