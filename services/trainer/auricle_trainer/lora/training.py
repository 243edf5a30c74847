"""The LoRA's one phase: examples by seed, weights by kind, and the best step by the loss on hand-written dialogues held back."""

import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import torch
from auricle_contracts import DigestLine
from auricle_contracts.judges import Reasoning
from peft import PeftModel
from transformers import PreTrainedTokenizerBase

from auricle_trainer.judge import loop, network, sources
from auricle_trainer.judge.batches import Batch, cut
from auricle_trainer.judge.digests import digests
from auricle_trainer.judge.documents import Asking, Shown
from auricle_trainer.judge.examples import EvidenceCut, answer
from auricle_trainer.judge.labelled import Labelled
from auricle_trainer.judge.recipe import Phase
from auricle_trainer.judge.sources import Source
from auricle_trainer.lora import base as bases
from auricle_trainer.lora import packing
from auricle_trainer.lora.distances import Digits
from auricle_trainer.lora.examples import DECIDING, Encoded, encode, packed
from auricle_trainer.lora.lean import lean
from auricle_trainer.lora.packing import PackedBatch, Vocabulary

SEED, FIRST_SEED, RANK = 20_261_129, 20_000_000, 16
LATER = 1_000_000_000
PHASE = Phase(
    steps=900, batch_tokens=1_500, warm_steps=15, cool_steps=800, adam_rate=4e-4, read_share=0.0, save_every=40
)
WRITTEN_SHARE, WHOLE_SHARE, MOST_WATCHED = 0.85, 0.5, 24


@dataclass
class Watch:
    """Called at each checkpoint: measures the held-back loss and keeps the adapter where it was lowest."""

    examples: Sequence[Encoded]
    padding: int
    budget: int
    folder: Path
    vocabulary: Vocabulary
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
        deciding = torch.tensor([int(kind) for kind in DECIDING])
        for rows in cut(sorted(self.examples, key=lambda one: len(one.ids)), self.budget, lambda one: len(one.ids)):
            each, kinds = packing.losses(model, packing.stacked(rows, self.padding), self.vocabulary)
            counted = torch.isin(kinds, deciding.to(kinds.device))
            total += float(each[counted].sum())
            count += int(counted.sum())
        model.train()
        return total / count if count else math.nan


def train(
    work: Path,
    base: Path,
    prompts: Path,
    phase: Phase = PHASE,
    rank: int = RANK,
    written: Sequence[Labelled] | None = None,
    reasoning: Reasoning = Reasoning.NONE,
    start: Path | None = None,
) -> Watch:
    """The best adapter in `work/adapter`; an interrupted run goes on from `work/lora.pt`.

    `written`: other dialogues than the shipped ones. `start`: a peft folder whose matrices are trained on, in place of fresh ones.
    """
    model, words = bases.load(base, torch.bfloat16)
    grown = bases.with_adapter(model, rank, SEED, start).to(network.device())
    grown = lean(grown) if network.device().type == "cpu" else grown
    asking = Asking.read(prompts)
    dialogues = sources.training_dialogues() if written is None else written
    lessons = Lessons(
        asking,
        Source(balanced([one for one in dialogues if not sources.is_held_back(one.id)]), WRITTEN_SHARE),
        words,
        reasoning,
    )
    trained = [weight for weight in grown.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=phase.adam_rate, betas=(0.9, 0.98), weight_decay=0.0)
    padding = int(words.pad_token_id or 0)
    held = [one for one in dialogues if sources.is_held_back(one.id)][-MOST_WATCHED:]
    known = Vocabulary.of([lessons.both(one, one.lines()) for one in lessons.source.written], Digits.of(words))
    watched = [lessons.both(one, one.lines()) for one in held]
    watch = Watch(watched, padding, phase.batch_tokens, work / "adapter", known)

    def loss(model: torch.nn.Module, batch: Batch) -> tuple[torch.Tensor, float]:
        assert isinstance(model, PeftModel)
        assert isinstance(batch, PackedBatch)
        return packing.weighted_loss(model, batch, known)

    with digests(prompts, asking.protect) as shown:

        def feed(seed: int) -> Iterator[PackedBatch]:
            return packing.stream(lambda one: lessons.example(one, shown), padding, phase.batch_tokens, seed)

        loop.fit(grown, optimizer, phase, feed, FIRST_SEED, work / "lora.pt", watch, loss)
    words.save_pretrained(work / "tokenizer")
    return watch


@dataclass(frozen=True)
class Lessons:
    """Dialogues as examples, both prompts in one; answers with or without `reasoning`."""

    asking: Asking
    source: Source
    words: PreTrainedTokenizerBase
    reasoning: Reasoning = Reasoning.NONE

    def example(self, seed: int, shown: Shown | None = None) -> Encoded:
        """The example of a seed: whole turns, or what `shown` leaves of them; of a later seed where the words of the evidence were lost."""
        rng = random.Random(f"lora {seed}")
        dialogue = self.source.dialogue(seed)
        whole = shown is None or rng.random() < WHOLE_SHARE
        cut = [] if whole or shown is None else [shown(dialogue, rng)]
        for lines in (*cut, dialogue.lines()):
            with suppress(EvidenceCut):
                return self.both(dialogue, lines)
        return self.example(seed + LATER, shown)

    def both(self, dialogue: Labelled, lines: Sequence[DigestLine]) -> Encoded:
        """Both prompts about a dialogue of which `lines` are shown. Raises EvidenceCut where they have lost a label's words."""
        asked = [
            (prompt, self.asking.rendered(prompt, dialogue, lines))
            for prompt in (self.asking.evaluate, self.asking.intent)
        ]
        said = [(one, answer(prompt.id, dialogue, one.clauses, self.reasoning)) for prompt, one in asked]
        return packed([encode(one, told, self.words) for one, told in said])


def balanced(dialogues: Sequence[Labelled]) -> tuple[Labelled, ...]:
    """Dialogues of a rare stage several times, by the root of how much rarer it is than the commonest stage; all others once."""
    stages = [label.value if (label := one.labels["stage"]) else None for one in dialogues]
    counts = Counter(stage for stage in stages if stage is not None)
    most = max(counts.values(), default=0)
    return tuple(
        one
        for one, stage in zip(dialogues, stages, strict=True)
        for _ in range(round(math.sqrt(most / counts[stage])) if stage is not None else 1)
    )
