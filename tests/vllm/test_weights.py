"""The shipped judge in a real vLLM: loaded unchanged, its adapter found by name, the same token ids, answers bound by the schema."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unicodedata import normalize

import httpx
import pytest
from auricle_judging import ModelClient
from auricle_samples.dialogues import Dialogue, generate
from auricle_trainer.judge import asking as asking_llama
from auricle_trainer.judge.asking import Asked, Inquiry, ask_all
from auricle_trainer.judge.documents import Asking
from fixtures import vllm
from tokenizers import Tokenizer

ROOT = Path(__file__).parents[2]
WEIGHTS = ROOT / "models" / "judge"
ODD = ["  два  пробела ", "\n\n", "naïve café 漢字 🙂 1234567", "I'm he'll DON'T", "\t12,5 %…", "ё́ a\u0301 \u200b"]
DIALOGUES = 40
ALIKE_SHARE = 0.8  # of the values; llama.cpp has the base in 8 bits, vLLM in bfloat16

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with vllm.serving(WEIGHTS, tmp_path_factory.mktemp("vllm")) as url:
        yield url


@pytest.fixture(scope="module")
def dialogues() -> list[Dialogue]:
    return [generate(seed, "heldout") for seed in range(DIALOGUES)]


def ask(url: str, of: list[Dialogue], model: str = "judge") -> list[Asked]:
    asked = Asking.read(ROOT / "prompts")
    return ask_all(Inquiry(url, model, asked, asked.evaluate), of)


def test_an_adapter_that_was_never_asked_for_is_served_all_the_same(address: str) -> None:
    async def looked(name: str) -> tuple[bool, int | None]:
        async with ModelClient(address, name) as client:
            found = await client.served()
            return found is not None, found.context if found else None

    assert asyncio.run(looked("judge-base")) == (True, 4096)
    assert asyncio.run(looked("no-such-adapter")) == (False, None)
    assert asyncio.run(looked("judge")) == (True, 4096)


def test_vllm_and_hugging_face_give_the_same_ids_on_a_thousand_lines(address: str) -> None:
    tokenizer = Tokenizer.from_file(str(WEIGHTS / "hf" / "tokenizer.json"))
    lines = [turn.text for seed in range(140) for turn in generate(seed, "heldout").turns][:1000] + ODD
    lines = [
        normalize("NFC", line) for line in lines
    ]  # transformers composes what llama.cpp and tokenizer.json take as it is
    assert len(lines) >= 1000
    with httpx.Client(base_url=address.removesuffix("/v1"), timeout=30, trust_env=False) as client:
        for text in lines:
            body = {"model": "judge-base", "prompt": text, "add_special_tokens": False}
            there = client.post("/tokenize", json=body).json()["tokens"]
            assert there == tokenizer.encode(text, add_special_tokens=False).ids, text


def test_answers_are_those_of_llama_cpp(address: str, dialogues: list[Dialogue], record_property: Any) -> None:
    here = ask(address, dialogues)
    assert all(one.finished and one.answer is not None for one in here)
    with asking_llama.served(WEIGHTS) as url:
        there = ask(url, dialogues)
    alike = [
        _value(a, name) == _value(b, name)
        for a, b in zip(here, there, strict=True)
        for name in ("stage", "sale_chance")
    ]
    record_property("values_alike", sum(alike) / len(alike))
    assert sum(alike) / len(alike) >= ALIKE_SHARE


def test_the_adapter_changes_the_answers(address: str, dialogues: list[Dialogue]) -> None:
    with_adapter, base = ask(address, dialogues[:8]), ask(address, dialogues[:8], "judge-base")
    assert [json.dumps(one.answer) for one in with_adapter] != [json.dumps(one.answer) for one in base]


def _value(asked: Asked, name: str) -> Any:
    return asked.answer[name].get("value") if asked.answer else None
