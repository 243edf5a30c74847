"""Labelled dialogues put to a judge as the scorer puts them: rendered, bound by the schema, repaired once, answers with their quotes."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from auricle_contracts.judges import Reasoning
from auricle_criteria import Prompt
from auricle_judging import ModelAnswer, ModelClient, Rendered, ask_prompt
from auricle_judging.structured_output import Model
from rich.progress import track

from auricle_trainer.judge.documents import Asking
from auricle_trainer.judge.labelled import Labelled
from auricle_trainer.judge.serving import service


@dataclass(frozen=True)
class Asked:
    """One dialogue and what came back: answers by criterion, none where the model never answered in form."""

    dialogue: Labelled
    rendered: Rendered
    answers: Mapping[str, ModelAnswer]
    reasoning: str | None
    repaired: bool
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


def ask_all(inquiry: Inquiry, dialogues: Sequence[Labelled]) -> list[Asked]:
    """Every dialogue once."""
    return asyncio.run(_ask_all(inquiry, dialogues))


async def _ask_all(inquiry: Inquiry, dialogues: Sequence[Labelled]) -> list[Asked]:
    async with ModelClient(inquiry.address, inquiry.model, timeout_s=600) as client:
        named = track(dialogues, description=f"{inquiry.model} {inquiry.prompt.id}")
        reasoning = await _reasoning(client)
        return [await ask(client, inquiry.asking, inquiry.prompt, one, inquiry.shots, reasoning) for one in named]


def reasoning_of(address: str, model: str) -> Reasoning:
    """What the server says of the model, and `short` where it says nothing, as the scorer takes it."""

    async def asked() -> Reasoning:
        async with ModelClient(address, model) as client:
            return await _reasoning(client)

    return asyncio.run(asked())


async def _reasoning(client: ModelClient) -> Reasoning:
    served = await client.served()
    return (served.reasoning if served else None) or Reasoning.SHORT


async def ask(
    model: Model,
    asking: Asking,
    prompt: Prompt,
    dialogue: Labelled,
    shots: int = 0,
    reasoning: Reasoning = Reasoning.SHORT,
) -> Asked:
    """One prompt about one whole dialogue."""
    rendered = asking.rendered(prompt, dialogue, shots=shots, reasoning=reasoning)
    came = await ask_prompt(prompt, rendered, dialogue.transcript(), model)
    return Asked(
        dialogue, rendered, came.answers, came.reasoning, came.repaired or bool(came.faults),
        came.tokens_in, came.tokens_out, came.seconds,
    )  # fmt: skip
