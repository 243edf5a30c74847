"""The shipped judge in a real vLLM: loaded unchanged, its adapter found by name, the same token ids, answers bound by the schema."""

import asyncio
import json
import random
import subprocess
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any
from unicodedata import is_normalized, normalize

import httpx
import pytest
from auricle_judging import ModelClient
from auricle_judging.rendering import fold
from auricle_samples.dialogues import generate
from auricle_trainer.judge import asking as asking_llama
from auricle_trainer.judge import measures
from auricle_trainer.judge.asking import Asked, Inquiry, ask_all
from auricle_trainer.judge.documents import Asking
from auricle_trainer.judge.labelled import Labelled, of_generated
from fixtures import vllm
from fixtures.evidence import Figures
from fixtures.vllm import Serving

ROOT = Path(__file__).parents[2]
WEIGHTS = vllm.JUDGE
ODD = ["  два  пробела ", "\n\n", "naïve café 漢字 🙂 1234567", "I'm he'll DON'T", "\t12,5 %…", "ё́ a\u0301 \u200b"]
STRESSED = "За\u0301мок и\u0306од е\u0308ж A\u030a \u212b q\u0301"
DIALOGUES = 40
ALIKE_SHARE = 0.8  # of the values; llama.cpp has the base in 8 bits, vLLM in bfloat16
VALUES = ("politeness", "objection_handling", "sale_chance", "stage")

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def address(a_vllm: Serving, figures: Figures) -> str:
    figures["versions"], figures["start_s"] = a_vllm.versions, a_vllm.start_s
    return a_vllm.url


@pytest.fixture(scope="module")
def dialogues() -> list[Labelled]:
    return [of_generated(generate(seed, "heldout"), random.Random(seed)) for seed in range(DIALOGUES)]


@pytest.fixture(scope="module")
def lines() -> list[str]:
    """A thousand and more as the product sends them; every tenth is spelt with combining marks once more."""
    said = [turn.text for seed in range(140) for turn in generate(seed, "heldout").turns][:1000]
    return [fold(line) for line in (*said, *(normalize("NFD", line) for line in said[::10]), *ODD, STRESSED)]


def ask(url: str, of: list[Labelled], model: str = "judge") -> list[Asked]:
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


def test_transformers_llama_cpp_and_vllm_give_the_same_ids(address: str, lines: list[str], figures: Figures) -> None:
    assert sum(map(bool, lines)) >= 1000
    by_transformers = transformers_ids(lines)
    with asking_llama.served(WEIGHTS) as url, told(address) as vllm_server, told(url) as llama_server:
        by_vllm = [vllm_ids(vllm_server, line) for line in lines]
        by_llama = [llama_ids(llama_server, line) for line in lines]
    different = [line for line, *ids in zip(lines, by_transformers, by_vllm, by_llama, strict=True) if any_differ(ids)]
    figures["token_ids"] = {
        "engines": ["transformers", "llama.cpp", "vLLM"],
        "lines": len(lines),
        "different": len(different),
    }
    assert different == []


def test_text_that_is_not_composed_is_why_lines_are_folded(address: str) -> None:
    raw = normalize("NFD", STRESSED)
    assert not is_normalized("NFC", raw)
    with asking_llama.served(WEIGHTS) as url, told(address) as vllm_server, told(url) as llama_server:
        assert vllm_ids(vllm_server, raw) == transformers_ids([raw])[0] != llama_ids(llama_server, raw)


def test_answers_are_those_of_llama_cpp(address: str, dialogues: list[Labelled], figures: Figures) -> None:
    here = ask(address, dialogues)
    assert all(one.answers and not one.repaired for one in here)
    with asking_llama.served(WEIGHTS) as url:
        there = ask(url, dialogues)
    alike = {name: alike_share(here, there, name) for name in VALUES}
    figures["answers"] = {
        "asked": len(dialogues),
        "vLLM": summed_up(here),
        "llama.cpp": summed_up(there),
        "values_alike": alike,
    }
    assert (alike["stage"] + alike["sale_chance"]) / 2 >= ALIKE_SHARE


def test_the_adapter_changes_the_answers(address: str, dialogues: list[Labelled]) -> None:
    with_adapter, base = ask(address, dialogues[:8]), ask(address, dialogues[:8], "judge-base")
    assert [one.answers for one in with_adapter] != [one.answers for one in base]


def told(url: str) -> httpx.Client:
    """A client of the server itself, whose `/tokenize` stands beside `/v1`."""
    return httpx.Client(base_url=url.removesuffix("/v1"), timeout=30, trust_env=False)


def vllm_ids(server: httpx.Client, text: str) -> list[int]:
    body = {"model": "judge-base", "prompt": text, "add_special_tokens": False}
    ids: list[int] = server.post("/tokenize", json=body).json()["tokens"]
    return ids


def llama_ids(server: httpx.Client, text: str) -> list[int]:
    ids: list[int] = server.post("/tokenize", json={"content": text}).json()["tokens"]
    return ids


def transformers_ids(lines: Sequence[str]) -> list[list[int]]:
    command = [vllm.interpreter(), str(Path(__file__).with_name("tokenised.py")), str(WEIGHTS / "hf")]
    done = subprocess.run(command, input=json.dumps(lines), capture_output=True, text=True, check=True)
    ids: list[list[int]] = json.loads(done.stdout)
    return ids


def any_differ(ids: Sequence[list[int]]) -> bool:
    return any(one != ids[0] for one in ids)


def alike_share(here: Sequence[Asked], there: Sequence[Asked], name: str) -> float:
    """How many of the dialogues got the same value from both servers."""
    return round(measures.share([(_value(a, name), _value(b, name)) for a, b in zip(here, there, strict=True)]), 4)


def summed_up(asked: Sequence[Asked]) -> dict[str, Any]:
    stages = [(_stage(one.dialogue), str(_value(one, "stage"))) for one in asked if one.answers]
    return {
        "finished_unrepaired": sum(bool(one.answers) and not one.repaired for one in asked),
        "stage_macro_f1": round(measures.macro_f1(stages), 4),
        "seconds_median": round(median(one.seconds for one in asked), 2),
    }


def _stage(dialogue: Labelled) -> str:
    stage = dialogue.labels["stage"]
    return str(stage and stage.value)


def _value(asked: Asked, name: str) -> Any:
    return asked.answers[name].value if name in asked.answers else None
