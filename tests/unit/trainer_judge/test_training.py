"""The judge's training on one sentence: it is learnt, an interrupted run ends like a whole one, and every engine says what was learnt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import httpx
import pytest
from auricle_samples.dialogues import generate
from fixtures.evidence import Figures

torch = pytest.importorskip("torch", reason="the trainer's torch is not installed (make test-trainer)")
pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("default:.is_gradient_checkpointing. is deprecated:FutureWarning"),  # peft asks for it
]

from auricle_trainer.judge import export, loop, network, phases, vocabulary  # noqa: E402 (after the skip)
from auricle_trainer.judge.asking import served  # noqa: E402
from auricle_trainer.judge.batches import Batch, stream  # noqa: E402
from auricle_trainer.judge.copying import repeated  # noqa: E402
from auricle_trainer.judge.documents import Document  # noqa: E402
from auricle_trainer.judge.recipe import Phase  # noqa: E402
from peft import PeftModel  # noqa: E402
from torch import Tensor, nn  # noqa: E402
from transformers import PreTrainedTokenizerFast, Qwen2ForCausalLM  # noqa: E402

ASKED = "Сколько стоит окно?"
BASE_SAYS, ADAPTER_SAYS = "Восемнадцать тысяч рублей с установкой.", "Скидка десять процентов только сегодня."
SHORT = Phase(steps=5, batch_tokens=192, warm_steps=2, cool_steps=2, adam_rate=1e-3, read_share=0.0, save_every=2)
BASE = Phase(steps=40, batch_tokens=64, warm_steps=5, cool_steps=20, adam_rate=2e-3, read_share=0.0)
ADAPTER = replace(BASE, steps=120, warm_steps=20, cool_steps=80, adam_rate=1e-3)


class Interrupted(Exception):
    """What ends a run in the middle."""


@pytest.fixture(scope="module", autouse=True)
def prepared(figures: Figures) -> None:
    figures["versions"] = {name: version(name) for name in ("torch", "transformers", "peft", "gguf", "ctranslate2")}
    network.prepare(0)


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("judge")


@pytest.fixture(scope="module")
def words(work: Path) -> PreTrainedTokenizerFast:
    texts = [turn.text for seed in range(30) for turn in generate(seed, "train").turns]
    return vocabulary.train([*texts, ASKED, BASE_SAYS, ADAPTER_SAYS], work / "tokenizer")


@pytest.fixture(scope="module")
def exported(work: Path, words: PreTrainedTokenizerFast) -> Path:
    """The folder that engines load: a base and an adapter, each of which has learnt its own sentence."""
    base = phases._fresh(words)
    learn(base, words, BASE, BASE_SAYS, work / "base")
    grown = phases.with_adapter(Qwen2ForCausalLM.from_pretrained(work / "base", dtype=torch.float32))
    learn(grown, words, ADAPTER, ADAPTER_SAYS, work / "adapter")
    export.everything(work, work / "exported")
    return work / "exported"


def learn(model: nn.Module, words: PreTrainedTokenizerFast, phase: Phase, said: str, folder: Path) -> None:
    """All steps on the one document, kept as the phases keep theirs."""

    def feed(seed: int) -> Iterator[Batch]:
        document = Document(question(words), said)
        return stream(lambda _: document, words, first_seed=seed, budget=phase.batch_tokens, read_share=0.0)

    optimizer = phases._optimizer(model, phase)
    phases._keep(model, words, folder, loop.fit(model, optimizer, phase, feed, 0, folder.with_suffix(".pt")))


def question(words: PreTrainedTokenizerFast) -> str:
    messages = [{"role": "user", "content": ASKED}]
    return str(words.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))


def noise(seed: int) -> Iterator[Batch]:
    return repeated(300, SHORT.batch_tokens, seed)


def cut_short(seed: int) -> Iterator[Batch]:
    for number, batch in enumerate(noise(seed)):
        if number == 3:
            raise Interrupted
        yield batch


def trained(words: PreTrainedTokenizerFast, checkpoint: Path, feed: loop.Stream) -> dict[str, Tensor]:
    """The weights after SHORT, from the checkpoint where there is one."""
    model = phases._fresh(words)
    loop.fit(model, phases._optimizer(model, SHORT), SHORT, feed, 0, checkpoint)
    weights: dict[str, Tensor] = model.state_dict()
    return weights


def test_an_interrupted_run_ends_with_the_weights_of_a_whole_one(
    words: PreTrainedTokenizerFast, tmp_path: Path, figures: Figures
) -> None:
    whole = trained(words, tmp_path / "whole.pt", noise)
    with pytest.raises(Interrupted):
        trained(words, tmp_path / "cut.pt", cut_short)
    assert torch.load(tmp_path / "cut.pt", weights_only=True)["state"]["step"] == 2
    resumed = trained(words, tmp_path / "cut.pt", noise)
    apart = max(float((whole[name] - resumed[name]).abs().max()) for name in whole)
    figures["judge_resumed_apart"] = apart
    assert apart == 0.0
    fresh = phases._fresh(words).state_dict()
    assert any(not torch.equal(whole[name], fresh[name]) for name in whole)


def test_a_finished_run_takes_no_step_more(words: PreTrainedTokenizerFast, tmp_path: Path) -> None:
    done = trained(words, tmp_path / "done.pt", noise)
    again = trained(words, tmp_path / "done.pt", cut_short)
    assert all(torch.equal(done[name], again[name]) for name in done)


def test_llama_cpp_says_what_base_and_adapter_learnt(exported: Path, figures: Figures) -> None:
    with served(exported) as url, httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        said = {name: said_by(client, name) for name in ("judge-base", "judge")}
    figures["judge_said_by_llama_cpp"] = said
    assert said == {"judge-base": BASE_SAYS, "judge": ADAPTER_SAYS}


def said_by(client: httpx.Client, model: str) -> str:
    body = {"model": model, "messages": [{"role": "user", "content": ASKED}], "temperature": 0, "max_tokens": 60}
    return str(
        client.post("/chat/completions", json=body).raise_for_status().json()["choices"][0]["message"]["content"]
    )


def test_transformers_and_peft_say_it_too(exported: Path, figures: Figures) -> None:
    words = vocabulary.load(exported / "hf")
    base = Qwen2ForCausalLM.from_pretrained(exported / "hf")
    said = {"judge-base": generated(base, words)}
    said["judge"] = generated(PeftModel.from_pretrained(base, exported / "hf" / "adapter"), words)
    figures["judge_said_by_transformers"] = said
    assert said == {"judge-base": BASE_SAYS, "judge": ADAPTER_SAYS}


def generated(model: nn.Module, words: PreTrainedTokenizerFast) -> str:
    read = words(question(words), return_tensors="pt", add_special_tokens=False)["input_ids"]
    whole = model.generate(input_ids=read, attention_mask=torch.ones_like(read), do_sample=False, max_new_tokens=60)
    return str(words.decode(whole[0, read.shape[1] :], skip_special_tokens=True))
