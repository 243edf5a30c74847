"""A LoRA on a tiny base: kinds of tokens, some steps of real training with the best kept, and what llama.cpp says of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from auricle_contracts.judges import Reasoning
from auricle_samples.dialogues import generate

torch = pytest.importorskip("torch", reason="the trainer's torch is not installed (make test-trainer)")
pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("default:.is_gradient_checkpointing. is deprecated:FutureWarning"),  # peft asks for it
]

from auricle_trainer.judge import export as judge_export  # noqa: E402
from auricle_trainer.judge import loop, network, sources, vocabulary  # noqa: E402 (after the skip)
from auricle_trainer.judge.asking import served  # noqa: E402
from auricle_trainer.judge.batches import Batch, cut  # noqa: E402
from auricle_trainer.judge.documents import Asking  # noqa: E402
from auricle_trainer.judge.labelled import Label, Words  # noqa: E402
from auricle_trainer.judge.recipe import Phase  # noqa: E402
from auricle_trainer.judge.sources import Source  # noqa: E402
from auricle_trainer.lora import base, examples, export, packing, training  # noqa: E402
from auricle_trainer.lora.distances import Digits, distances  # noqa: E402
from auricle_trainer.lora.examples import Encoded, Kind  # noqa: E402
from auricle_trainer.lora.lean import lean  # noqa: E402
from gguf import GGUFReader  # noqa: E402
from transformers import Gemma3ForCausalLM, Gemma3TextConfig, PreTrainedTokenizerFast  # noqa: E402

PROMPTS = Path(__file__).parents[3] / "prompts"
ASKED, SAID = "Сколько стоит окно?", "Восемнадцать тысяч рублей с установкой."
FEW = Phase(steps=4, batch_tokens=1024, warm_steps=1, cool_steps=3, adam_rate=1e-3, read_share=0.0, save_every=2)
LEARNING = replace(FEW, steps=120, batch_tokens=64, warm_steps=5, cool_steps=60, adam_rate=5e-3, save_every=60)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained Qwen2 with a tokenizer, as a pretrained base lies in a folder."""
    network.prepare(0)
    folder = tmp_path_factory.mktemp("base")
    texts = [turn.text for seed in range(30) for turn in generate(seed, "train").turns]
    words = vocabulary.train([*texts, ASKED, SAID], folder)
    network.fresh(len(words), int(words.pad_token_id), int(words.eos_token_id), 0).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def words(folder: Path) -> PreTrainedTokenizerFast:
    return vocabulary.load(folder)


def test_every_token_knows_what_it_is(words: PreTrainedTokenizerFast) -> None:
    said = {"reasoning": "Агент помог.", "politeness": {"at": ["T3", "T7b"], "value": 85}, "sale_chance": None}
    whole = "".join(text for text, _ in examples.pieces(said))
    assert whole == ('{"reasoning":"Агент помог.","politeness":{"at":["T3","T7b"],"value":85},"sale_chance":null}')
    by_kind = {kind: [text for text, one in examples.pieces(said) if one is kind] for kind in Kind}
    assert by_kind[Kind.PLACE] == ['["T3","T7b"]']
    assert by_kind[Kind.VALUE] == ["85", "}", '":', "null"], (
        "a tokenizer chooses at the colon whether there was an occasion"
    )
    assert by_kind[Kind.REASONING] == ['"Агент помог."']


def test_an_example_is_the_prompt_and_then_the_answer(words: PreTrainedTokenizerFast) -> None:
    asking = Asking.read(PROMPTS)
    dialogue = Source().dialogue(3)
    rendered, answer = asking.example(asking.evaluate, dialogue, dialogue.lines())
    made = examples.encode(rendered, answer, words)
    read = [one for one, kind in zip(made.ids, made.kinds, strict=True) if kind is Kind.READ]
    assert read == examples.prompt_ids(rendered, words)
    assert words.decode(read).endswith("<|im_start|>assistant\n")
    assert words.decode(made.ids[len(read) :]).startswith('{"reasoning":"')
    assert made.ids[-1] == words.eos_token_id


def test_an_example_without_reasoning_is_values_and_places(words: PreTrainedTokenizerFast) -> None:
    asking, dialogue = (
        Asking.read(PROMPTS),
        next(one for one in sources.training_dialogues() if one.labels["sale_chance"]),
    )
    made, short = (
        training.Lessons(asking, Source(), words, one).both(dialogue, dialogue.lines())
        for one in (Reasoning.NONE, Reasoning.SHORT)
    )
    assert Kind.REASONING not in made.kinds
    assert Kind.REASONING in short.kinds
    scores = [one.value for one in dialogue.labels.values() if one and isinstance(one.value, int)]
    assert [score for score in made.scores if score != examples.NO_SCORE] == scores
    said = [
        words.decode([token]) for token, score in zip(made.ids, made.scores, strict=True) if score != examples.NO_SCORE
    ]
    assert said == [str(score)[0] for score in scores]


def test_a_dialogue_that_lost_its_evidence_is_passed_over(words: PreTrainedTokenizerFast) -> None:
    good, other = sources.training_dialogues()[:2]
    lost = Label(50, (Words(1, "слова которых никто не говорил"),))
    broken = replace(other, labels={**other.labels, "politeness": lost})
    lessons = training.Lessons(Asking.read(PROMPTS), Source((good, broken), 1.0), words)
    drawn = [lessons.source.dialogue(seed).id for seed in range(8)]
    assert set(drawn) == {good.id, broken.id}
    assert all(lessons.example(seed).ids for seed in range(8))


def test_a_score_is_as_wrong_as_it_is_far(words: PreTrainedTokenizerFast) -> None:
    digits = Digits.of(words)
    assert digits is not None
    assert distances(85)[8:] == (0.0, 5.0)
    assert distances(85)[1] == 15.0, "100 begins with it too"
    assert distances(50)[1] == 35.0, "and here only 15 does"
    assert distances(10)[5] == 5.0
    known = torch.arange(len(words))
    logits = torch.zeros(3, len(words))
    logits[0, digits.tokens[9]] = logits[1, digits.tokens[1]] = logits[2, digits.tokens[1]] = 50.0
    loss = digits.loss(logits, known, torch.tensor([85, 60, examples.NO_SCORE]))
    assert loss.tolist() == pytest.approx([5 / 15, 45 / 15, 0.0], abs=1e-4)


def test_dialogues_of_a_rare_stage_come_oftener() -> None:
    dialogues = sources.training_dialogues()
    drawn = Counter(one.id for one in training.balanced(dialogues))
    assert set(drawn) == {one.id for one in dialogues}
    times = {label.value: drawn[one.id] for one in dialogues if (label := one.labels["stage"])}
    assert times["closing"] == 1
    assert times["start"] > times["needs"] > 1
    assert all(drawn[one.id] == 1 for one in dialogues if one.labels["stage"] is None)


def test_lean_layers_learn_what_plain_ones_do() -> None:
    torch.manual_seed(0)
    bare = Gemma3ForCausalLM(_gemma(sliding_window=8)).to(torch.bfloat16)
    model = base.with_adapter(bare, 4, 0).train()
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.1)
    one = Encoded.of(tuple(range(5, 45)), (Kind.READ,) * 30 + (Kind.VALUE,) * 10)
    batch, known = packing.stacked([one], 0), packing.Vocabulary(torch.arange(64))

    def learnt() -> tuple[float, Any]:
        model.zero_grad()
        loss, _ = packing.weighted_loss(model, batch, known)
        loss.backward()
        return float(loss.detach()), torch.cat(
            [weight.grad.flatten() for weight in model.parameters() if weight.grad is not None]
        )

    plain, gradient = learnt()
    lean(model)
    again, leaner = learnt()
    assert again == pytest.approx(plain, rel=0.02)  # bfloat16
    assert torch.cosine_similarity(gradient, leaner, dim=0) > 0.98
    assert leaner.norm() == pytest.approx(float(gradient.norm()), rel=0.05)


def test_batches_hold_their_budget_and_weigh_by_kind() -> None:
    rows = [Encoded.of((5,) * n, (Kind.READ,) * (n - 1) + (Kind.VALUE,)) for n in range(3, 40)]
    batches = cut(rows, 80, lambda one: len(one.ids))
    assert [one for batch in batches for one in batch] == rows
    assert all(len(batch) * len(batch[-1].ids) <= 80 for batch in batches)
    first = next(packing.stream(lambda seed: rows[seed % len(rows)], 0, 80, 0))
    assert first.weights.sum(dim=1).tolist() == [2.0] * len(first.tokens)


def test_every_hand_written_dialogue_shows_its_evidence(words: PreTrainedTokenizerFast) -> None:
    asking = Asking.read(PROMPTS)
    for one in sources.training_dialogues():
        training.Lessons(asking, Source(), words).both(one, one.lines())


def test_a_packed_example_reads_the_shared_beginning_once() -> None:
    one = Encoded.of((7, 8, 9, 1, 2), (Kind.READ,) * 4 + (Kind.VALUE,))
    other = Encoded.of((7, 8, 9, 3, 4, 5), (Kind.READ,) * 5 + (Kind.PLACE,))
    made = examples.packed([one, other])
    assert made.ids == (7, 8, 9, 1, 2, 3, 4, 5)
    assert made.positions == (0, 1, 2, 3, 4, 3, 4, 5)
    assert made.branches == (0, 0, 0, 1, 1, 2, 2, 2)
    assert [kind for kind in made.kinds if kind is not Kind.READ] == [Kind.VALUE, Kind.PLACE]


@pytest.mark.parametrize("window", [4, 64])
def test_a_packed_answer_costs_what_it_costs_alone(window: int) -> None:
    torch.manual_seed(0)
    model = base.with_adapter(Gemma3ForCausalLM(_gemma(sliding_window=window)), 4, 0).eval()
    shared = tuple(range(5, 25))
    alone = [
        Encoded.of((*shared, *tail), (Kind.READ,) * 21 + (Kind.VALUE,) * (len(tail) - 1))
        for tail in ((30, 31, 32, 33), (40, 41, 42), (31, 40, 44, 46, 48))
    ]
    vocabulary = packing.Vocabulary(torch.arange(64))
    with torch.no_grad():
        each = [packing.losses(model, packing.stacked([one], 0), vocabulary)[0] for one in alone]
        together, _ = packing.losses(model, packing.stacked([examples.packed(alone), alone[0]], 0), vocabulary)
    assert torch.allclose(together, torch.cat([*each, each[0]]), atol=2e-2)  # bfloat16


def test_some_steps_keep_the_best_adapter_and_resume(folder: Path, tmp_path: Path) -> None:
    written = sources.training_dialogues()[:40]
    assert any(sources.is_held_back(one.id) for one in written)
    watch = training.train(tmp_path, folder, PROMPTS, replace(FEW, steps=2), rank=4, written=written)
    assert len(watch.seen) == 1
    assert watch.seen[0] > 0
    again = training.train(tmp_path, folder, PROMPTS, FEW, rank=4, written=written)
    assert len(again.seen) == 1
    assert (tmp_path / "adapter" / "adapter_model.safetensors").is_file()


def test_training_begins_from_a_given_adapter(folder: Path, tmp_path: Path) -> None:
    begun = base.with_adapter(base.load(folder)[0], 4, 0)
    for name, weight in begun.named_parameters():
        if "lora_B" in name:
            torch.nn.init.constant_(weight, 0.25)
    begun.save_pretrained(tmp_path / "start")
    grown = base.with_adapter(base.load(folder, torch.bfloat16)[0], 16, 0, tmp_path / "start")
    matrices = {name: weight for name, weight in grown.named_parameters() if weight.requires_grad}
    assert {weight.dtype for weight in matrices.values()} == {torch.float32}
    assert all(4 in weight.shape for weight in matrices.values()), "its rank, not the one that fresh ones would have"
    assert all(bool((weight == 0.25).all()) for name, weight in matrices.items() if "lora_B" in name)


def test_llama_cpp_says_what_the_adapter_learnt(folder: Path, words: PreTrainedTokenizerFast, tmp_path: Path) -> None:
    model, _ = base.load(folder)
    judge_export.base_gguf(model, words, tmp_path / "base.gguf")
    grown = base.with_adapter(model, 16, 0)
    read = words.apply_chat_template([{"role": "user", "content": ASKED}], tokenize=False, add_generation_prompt=True)
    ids, answer = words(read)["input_ids"], [*words(SAID)["input_ids"], words.eos_token_id]
    one = Encoded.of((*ids, *answer), (Kind.READ,) * len(ids) + (Kind.VALUE,) * len(answer))

    def feed(seed: int) -> Iterator[Batch]:
        return packing.stream(lambda _: one, 0, LEARNING.batch_tokens, seed)

    trained = [weight for weight in grown.parameters() if weight.requires_grad]
    loop.fit(grown, torch.optim.AdamW(trained), LEARNING, feed, 0, tmp_path / "lora.pt")
    grown.save_pretrained(tmp_path / "adapter")
    export.everything(tmp_path / "adapter", "qwen2", tmp_path, "some/base")
    with served(tmp_path) as url, httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        body = {"model": "judge", "messages": [{"role": "user", "content": ASKED}], "temperature": 0, "max_tokens": 60}
        came = client.post("/chat/completions", json=body).raise_for_status().json()
    assert came["choices"][0]["message"]["content"] == SAID


def test_a_gemma_adapter_has_llama_cpps_names(tmp_path: Path) -> None:
    base.with_adapter(Gemma3ForCausalLM(_gemma(sliding_window=512)), 4, 0).save_pretrained(tmp_path / "adapter")
    export.everything(tmp_path / "adapter", "gemma3_text", tmp_path, "google/gemma-3-270m", Reasoning.NONE)
    tensors = {one.name: tuple(map(int, one.shape)) for one in GGUFReader(tmp_path / "adapter.gguf").tensors}
    assert len(tensors) == 2 * 7 * 2
    assert tensors["blk.1.ffn_down.weight.lora_a"] == (48, 4)
    assert tensors["blk.0.attn_q.weight.lora_b"] == (4, 32)
    manifest = (tmp_path / "serving.yaml").read_text("utf-8")
    assert "chat_template: gemma3.jinja" in manifest
    assert "judge: {adapter: adapter.gguf, reasoning: none}" in manifest
    assert "<start_of_turn>model" in base.template("gemma3_text")


def _gemma(sliding_window: int) -> Gemma3TextConfig:
    return Gemma3TextConfig(
        vocab_size=64, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, head_dim=16, sliding_window=sliding_window,
        layer_types=["sliding_attention", "full_attention"],
    )  # fmt: skip
