"""The shipped judge in llama.cpp: the same token ids as its Hugging Face tokenizer, and answers bound by the schema."""

import random
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from auricle_samples.dialogues import generate
from auricle_trainer.judge.asking import Inquiry, ask_all, served
from auricle_trainer.judge.documents import Asking
from auricle_trainer.judge.labelled import of_generated
from tokenizers import Tokenizer

ROOT = Path(__file__).parents[3]
WEIGHTS = ROOT / "models" / "judge"
ODD = ["  два  пробела ", "\n\n", "naïve café 漢字 🙂 1234567", "I'm he'll DON'T", "\t12,5 %…", "ё́ a\u0301 \u200b"]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(WEIGHTS) as url:
        yield url


def test_llama_cpp_and_hugging_face_give_the_same_ids_on_a_thousand_lines(address: str) -> None:
    tokenizer = Tokenizer.from_file(str(WEIGHTS / "hf" / "tokenizer.json"))
    lines = [turn.text for seed in range(140) for turn in generate(seed, "heldout").turns][:1000] + ODD
    assert len(lines) >= 1000
    with httpx.Client(base_url=address.removesuffix("/v1"), timeout=30) as client:
        for text in lines:
            there = client.post("/tokenize", json={"content": text}).json()["tokens"]
            assert there == tokenizer.encode(text, add_special_tokens=False).ids, text


@pytest.mark.parametrize("name", ["evaluate", "intent"])
def test_answers_are_finished_and_fit_the_schema(address: str, name: str) -> None:
    asking = Asking.read(ROOT / "prompts")
    prompt = asking.intent if name == "intent" else asking.evaluate
    dialogues = [of_generated(generate(seed, "heldout"), random.Random(seed)) for seed in range(8)]
    asked = ask_all(Inquiry(address, "judge", asking, prompt), dialogues)
    assert all(set(one.answers) == set(prompt.serves) and not one.repaired for one in asked)
    assert all(answer.quotes or answer.value is None for one in asked for answer in one.answers.values())


def test_the_weights_fit_their_budget_and_say_that_they_are_a_demo() -> None:
    files = [path for path in WEIGHTS.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 25_000_000
    assert "demo_weights: true" in (WEIGHTS / "serving.yaml").read_text("utf-8")
