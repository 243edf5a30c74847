"""The LoRA's one phase: examples by seed, weights by kind, and the best step by the loss on hand-written dialogues held back."""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from peft import PeftModel
from torch.nn import functional
from transformers import PreTrainedTokenizerBase

from auricle_trainer.judge import loop, network, sources
from auricle_trainer.judge.batches import Batch, cut
from auricle_trainer.judge.digests import digests
from auricle_trainer.judge.documents import INTENT_SHARE, Asking, Shown
from auricle_trainer.judge.labelled import Labelled
from auricle_trainer.judge.recipe import Phase
from auricle_trainer.judge.sources import Source
from auricle_trainer.lora import base as bases
from auricle_trainer.lora.examples import DECIDING, WEIGHTS, Encoded, Kind, encode

SEED, FIRST_SEED, RANK = 20_261_129, 20_000_000, 32
PHASE = Phase(
    steps=600, batch_tokens=32_768, warm_steps=20, cool_steps=580, adam_rate=3e-4, read_share=0.0, save_every=40
)
WRITTEN_SHARE, WHOLE_SHARE = 0.5, 0.3
POOL_BATCHES, MAX_TOKENS = 8, 3500
Make = Callable[[int], Encoded]


@dataclass
class Watch:
    """Called at each checkpoint: measures the held-back loss and keeps the adapter where it was lowest."""

    examples: Sequence[Encoded]
    padding: int
    budget: int
    folder: Path
    seen: list[float] = field(default_factory=list)

    def __call__(self, model: torch.nn.Module) -> None:
        """Keep the adapter if it is the best so far."""
        assert isinstance(model, PeftModel)
        self.seen.append(self.loss(model))
        if self.seen[-1] == min(self.seen):
            model.save_pretrained(self.folder)

    @torch.no_grad()
    def loss(self, model: PeftModel) -> float:
        """The mean loss of places and values."""
        model.eval()
        total = count = 0.0
        for rows in cut(sorted(self.examples, key=lambda one: len(one.ids)), self.budget, lambda one: len(one.ids)):
            tokens, kinds = (part.to(model.device) for part in stacked(rows, self.padding))
            deciding = torch.isin(kinds[:, 1:], torch.tensor([int(kind) for kind in DECIDING], device=kinds.device))
            core = model.get_base_model()
            logits = core.lm_head(core.model(input_ids=tokens[:, :-1]).last_hidden_state[deciding])
            total += float(functional.cross_entropy(logits.float(), tokens[:, 1:][deciding], reduction="sum"))
            count += int(deciding.sum())
        model.train()
        return total / count if count else math.nan


def train(work: Path, base: Path, prompts: Path, phase: Phase = PHASE, rank: int = RANK) -> Watch:
    """The best adapter in `work/adapter`; an interrupted run goes on from `work/lora.pt`."""
    model, words = bases.load(base)
    grown = bases.with_adapter(model, rank, SEED).to(network.device())
    asking = Asking.read(prompts)
    source = Source(Source.shipped().written, WRITTEN_SHARE)
    trained = [weight for weight in grown.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=phase.adam_rate, betas=(0.9, 0.98), weight_decay=0.0)
    padding = int(words.pad_token_id or 0)
    held = [one for one in sources.training_dialogues() if sources.is_held_back(one.id)]
    watch = Watch(held_back(asking, held, words), padding, phase.batch_tokens, work / "adapter")
    with digests(prompts, asking.protect) as shown:

        def feed(seed: int) -> Iterator[Batch]:
            return stream(lambda one: example(asking, source, words, one, shown), padding, phase.batch_tokens, seed)

        loop.fit(grown, optimizer, phase, feed, FIRST_SEED, work / "lora.pt", watch)
    words.save_pretrained(work / "tokenizer")
    return watch


def example(
    asking: Asking, source: Source, words: PreTrainedTokenizerBase, seed: int, shown: Shown | None = None
) -> Encoded:
    """The example of a seed: whole turns, or what `shown` leaves of them."""
    rng = random.Random(f"lora {seed}")
    dialogue = source.dialogue(seed)
    prompt = asking.intent if rng.random() < INTENT_SHARE else asking.evaluate
    whole = shown is None or rng.random() < WHOLE_SHARE
    lines = dialogue.lines() if whole or shown is None else shown(dialogue, rng)
    return encode(*asking.example(prompt, dialogue, lines), words)


def held_back(asking: Asking, dialogues: Sequence[Labelled], words: PreTrainedTokenizerBase) -> list[Encoded]:
    """Both prompts about each of the dialogues, whole."""
    prompts = (asking.evaluate, asking.intent)
    return [encode(*asking.example(prompt, one, one.lines()), words) for one in dialogues for prompt in prompts]


def stream(make: Make, padding: int, budget: int, first_seed: int) -> Iterator[Batch]:
    """Endless batches of about `budget` tokens from the examples of `first_seed`, `first_seed + 1`, …"""
    seed = first_seed
    while True:
        pool: list[Encoded] = []
        while sum(len(one.ids) for one in pool) < budget * POOL_BATCHES:
            made = make(seed)
            pool += [made] if len(made.ids) <= MAX_TOKENS else []
            seed += 1
        batches = cut(sorted(pool, key=lambda one: len(one.ids)), budget, lambda one: len(one.ids))
        random.Random(seed).shuffle(batches)
        for rows in batches:
            tokens, kinds = stacked(rows, padding)
            yield Batch(tokens, torch.tensor([WEIGHTS[kind] for kind in Kind])[kinds], seed)


def stacked(rows: Sequence[Encoded], padding: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Tokens and kinds, padded behind: nothing before a token depends on what follows it."""
    length = max(len(one.ids) for one in rows)
    tokens, kinds = torch.full((len(rows), length), padding), torch.zeros(len(rows), length, dtype=torch.long)
    for row, one in enumerate(rows):
        tokens[row, : len(one.ids)] = torch.tensor(one.ids)
        kinds[row, : len(one.ids)] = torch.tensor([int(kind) for kind in one.kinds])
    return tokens, kinds
