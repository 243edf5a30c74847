"""The phases of the recipe, each of which finds its own earlier work in the folder and goes on from there."""

from collections.abc import Iterator
from functools import partial
from itertools import chain
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import PreTrainedTokenizerFast, Qwen2ForCausalLM

from auricle_trainer.judge import documents, loop, network, recipe, vocabulary
from auricle_trainer.judge.batches import Batch, stream
from auricle_trainer.judge.copying import repeated
from auricle_trainer.judge.digests import digests
from auricle_trainer.judge.recipe import Phase
from auricle_trainer.judge.sources import Source


def tokenizer(work: Path, prompts: Path) -> PreTrainedTokenizerFast:
    """The tokenizer in `work/tokenizer`, learnt now if it is not there."""
    folder = work / "tokenizer"
    if not (folder / "tokenizer.json").exists():
        asking, source = documents.Asking.read(prompts), Source.shipped()
        base = (documents.base_document(source, recipe.FIRST_BASE_SEED + n) for n in range(recipe.TOKENIZER_DOCUMENTS))
        rendered = (documents.adapter_document(asking, source, recipe.FIRST_ADAPTER_SEED + n) for n in range(100))
        vocabulary.train((document.read + document.learnt for document in chain(base, rendered)), folder)
    return vocabulary.load(folder)


def base(work: Path, prompts: Path, phase: Phase = recipe.BASE) -> Qwen2ForCausalLM:
    """The base in `work/base`: first it learns to copy, then to read; each as far as it has not yet."""
    words, source = tokenizer(work, prompts), Source.shipped()
    model = _fresh(words)
    learn_to_copy(model, work)
    state = loop.fit(
        model, _optimizer(model, phase), phase,
        lambda seed: stream(
            partial(documents.base_document, source), words,
            first_seed=seed, budget=phase.batch_tokens, read_share=phase.read_share,
        ),
        recipe.FIRST_BASE_SEED, work / "base.pt",
    )  # fmt: skip
    _keep(model, words, work / "base", state)
    return model


def learn_to_copy(model: Qwen2ForCausalLM, work: Path, phase: Phase = recipe.COPYING) -> None:
    """Repeated noise, until the checkpoint `work/copying.pt` is at its last step."""
    feed = partial(repeated, model.config.vocab_size, phase.batch_tokens)
    loop.fit(model, _optimizer(model, phase), phase, feed, recipe.FIRST_BASE_SEED, work / "copying.pt")


def adapter(work: Path, prompts: Path, phase: Phase = recipe.ADAPTER, *, shuffled: bool = False) -> PeftModel:
    """The LoRA in `work/adapter` (or `work/shuffled`: the same on other dialogues' labels), over `work/base`."""
    words = vocabulary.load(work / "tokenizer")
    grown = with_adapter(
        Qwen2ForCausalLM.from_pretrained(work / "base", dtype=torch.float32, attn_implementation="sdpa")
    )
    asking, source, name = documents.Asking.read(prompts), Source.shipped(), "shuffled" if shuffled else "adapter"

    with digests(prompts, asking.protect) as shown:

        def make(seed: int) -> documents.Document:
            return documents.adapter_document(
                asking, source, seed, shown, labels_of=seed + 1_000_000 if shuffled else None
            )

        def feed(seed: int) -> Iterator[Batch]:
            return stream(make, words, first_seed=seed, budget=phase.batch_tokens, read_share=phase.read_share)

        state = loop.fit(grown, _optimizer(grown, phase), phase, feed, recipe.FIRST_ADAPTER_SEED, work / f"{name}.pt")
    _keep(grown, words, work / name, state)
    return grown


def with_adapter(model: Qwen2ForCausalLM) -> PeftModel:
    """The base with fresh LoRA matrices on every linear layer."""
    torch.manual_seed(recipe.SEED)
    config = LoraConfig(
        r=recipe.ADAPTER_RANK,
        lora_alpha=recipe.ADAPTER_ALPHA,
        target_modules=list(recipe.ADAPTER_TARGETS),
        task_type="CAUSAL_LM",
    )
    grown = get_peft_model(model.to(network.device()), config)
    assert isinstance(grown, PeftModel)
    return grown


def _fresh(words: PreTrainedTokenizerFast) -> Qwen2ForCausalLM:
    model = network.fresh(len(words), int(words.pad_token_id), int(words.eos_token_id), recipe.SEED)
    return model.to(network.device())


def _optimizer(model: torch.nn.Module, phase: Phase) -> torch.optim.Optimizer:
    """AdamW. Muon was tried: its step cost as much as the batch's forward and backward together at this size."""
    decayed = [weight for weight in model.parameters() if weight.requires_grad and weight.ndim == 2]
    others = [weight for weight in model.parameters() if weight.requires_grad and weight.ndim != 2]
    groups = [{"params": decayed, "weight_decay": 0.05}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=phase.adam_rate, betas=(0.9, 0.95))


def _keep(model: torch.nn.Module, words: PreTrainedTokenizerFast, folder: Path, state: loop.Progressed) -> None:
    model.save_pretrained(folder)
    words.save_pretrained(folder)
    (folder / "training.txt").write_text(f"steps {state.step}\nseconds {state.seconds:.0f}\nloss {state.loss:.4f}\n")


shuffled = partial(adapter, shuffled=True)
