"""A run: data set and base in, the adapter that tells the development split best out, in every engine's form, with what made it.

OUT/  plan.json  progress.json  lora.pt (checkpoint)  watch.json  adapter/ (peft)  run.json
      served/ {adapter.gguf, base.gguf, serving.yaml, hf/}
"""

import json
import math
import os
import platform
import shutil
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from auricle_contracts.golden import GoldenSplit
from peft import PeftModel

from auricle_trainer.datasets import folder as datasets
from auricle_trainer.judge import loop, network
from auricle_trainer.judge.batches import Batch
from auricle_trainer.judge.digests import digests
from auricle_trainer.judge.documents import Asking
from auricle_trainer.lora import export, packing
from auricle_trainer.lora.packing import PackedBatch, Vocabulary
from auricle_trainer.lora.training import Watch
from auricle_trainer.tuning import bases
from auricle_trainer.tuning.bases import CannotTrain
from auricle_trainer.tuning.estimate import Estimate, estimate
from auricle_trainer.tuning.examples import Lessons, taught
from auricle_trainer.tuning.plan import Plan, claim, hash_of

SERVED, RUN, PROGRESS = "served", "run.json", "progress.json"
SMALL = 50_000_000  # parameters; below, a second thread mostly waits for the first
MOST_HELD = 40  # conversations of the development split that each checkpoint is measured on


@dataclass(frozen=True)
class Wanted:
    """What is trained. `base_gguf`: the same base as llama.cpp serves it, where `base` is no GGUF itself. `most`: of them; 0: all.

    `base_name`: what peft's folder calls the base, and a cluster loads.
    """

    data: Path
    base: Path
    out: Path
    prompts: Path
    base_gguf: Path | None = None
    base_name: str = ""
    rank: int = 16
    passes: float = 2.0
    batch_tokens: int = 4096
    rate: float = 3e-4
    whole_share: float = 0.3
    longest: int = packing.MAX_TOKENS
    seed: int = 20_261_130
    four_bit: bool = False
    most: int = 0
    most_held: int = MOST_HELD
    anyway: bool = False


@dataclass
class KeptWatch(Watch):
    """Remembers what it saw, so that a run that goes on keeps the best adapter of all."""

    file: Path = Path("watch.json")

    def __post_init__(self) -> None:
        if self.file.exists():
            self.seen = json.loads(self.file.read_text("utf-8"))

    def __call__(self, model: torch.nn.Module) -> None:
        """Keep the adapter if it is the best so far; without anything to measure, the last."""
        if not self.examples:
            assert isinstance(model, PeftModel)
            model.save_pretrained(self.folder)
            return
        super().__call__(model)
        self.file.write_text(json.dumps(self.seen), "utf-8")


def run(wanted: Wanted, say: Callable[[str], None], *, only_estimate: bool = False) -> dict[str, Any] | None:
    """What `run.json` says; None where only the estimate was wanted. Raises CannotTrain, AnotherRun."""
    if wanted.four_bit:
        bases.refuse_four_bit(wanted.base)
    network.prepare(wanted.seed)
    asking = Asking.read(wanted.prompts)
    plan = _plan(wanted, asking)
    config, parameters = bases.shape(wanted.base)
    if parameters > SMALL:
        torch.set_num_threads(max(1, len(os.sched_getaffinity(0))))
    model, words = bases.load(wanted.base, four_bit=wanted.four_bit)
    train, left = taught(asking, datasets.split(wanted.data, GoldenSplit.TRAIN), words, wanted.longest)
    held, _ = taught(asking, datasets.split(wanted.data, GoldenSplit.DEVELOPMENT), words, wanted.longest)
    train, held = train[: wanted.most or None], held[: wanted.most_held]
    if not train:
        raise CannotTrain(
            "no conversation can be learnt from: the card tells how many dialogues have every answer with its place"
        )
    lessons = Lessons(asking, words, train, wanted.seed, wanted.whole_share)
    whole, watched = lessons.whole(), Lessons(asking, words, held, 0).whole()
    tokens = sum(len(one.ids) for one in whole)
    told = estimate(config, parameters, tokens, plan)
    say(f"{len(train)} conversations ({left} left out), {len(held)} of the development split; {told.told()}")
    if only_estimate:
        return None
    _refuse_too_big(told, wanted)
    claim(wanted.out, plan)
    tell = _telling(wanted.out / PROGRESS, told, plan.phase(tokens).steps)
    grown = bases.grown(model, wanted.rank, wanted.seed, four_bit=wanted.four_bit)
    grown = grown if wanted.four_bit else grown.to(network.device())
    watch = KeptWatch(
        watched, int(words.pad_token_id or 0), wanted.batch_tokens, wanted.out / "adapter", Vocabulary.of([*whole, *watched]),
        file=wanted.out / "watch.json",
    )  # fmt: skip
    progressed = _fit(grown, lessons, plan, tokens, watch, wanted, tell)
    _export(wanted, str(config.model_type))
    return _written(wanted, plan, told, watch, progressed, len(train))


def _plan(wanted: Wanted, asking: Asking) -> Plan:
    return Plan(
        data=str(datasets.card(wanted.data)["hash"]), base=wanted.base_name or wanted.base.name, base_hash=hash_of(wanted.base),
        prompts=(asking.evaluate.pin, asking.intent.pin), rank=wanted.rank, passes=wanted.passes, batch_tokens=wanted.batch_tokens,
        rate=wanted.rate, whole_share=wanted.whole_share, seed=wanted.seed, four_bit=wanted.four_bit, most=wanted.most,
    )  # fmt: skip


def _refuse_too_big(told: Estimate, wanted: Wanted) -> None:
    if told.memory > told.available and not wanted.anyway:
        raise CannotTrain(
            f"about {told.memory >> 20:,} MiB are needed and {told.available >> 20:,} are free: a smaller base, --batch-tokens, or --anyway"
        )


def _fit(
    grown: PeftModel, lessons: Lessons, plan: Plan, tokens: int, watch: KeptWatch, wanted: Wanted,
    tell: Callable[[loop.Progressed], None],
) -> loop.Progressed:  # fmt: skip
    phase = plan.phase(tokens)
    trained = [weight for weight in grown.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=phase.adam_rate, betas=(0.9, 0.98), weight_decay=0.0)
    compressor = digests(wanted.prompts, lessons.asking.protect) if wanted.whole_share < 1 else nullcontext()
    with compressor as shown:
        drawn = replace(lessons, shown=shown)

        def feed(seed: int) -> Iterator[PackedBatch]:
            return packing.stream(drawn, watch.padding, phase.batch_tokens, seed)

        def loss(model: torch.nn.Module, batch: Batch) -> tuple[torch.Tensor, float]:
            assert isinstance(model, PeftModel)
            assert isinstance(batch, PackedBatch)
            return packing.weighted_loss(model, batch, watch.vocabulary)

        return loop.fit(grown, optimizer, phase, feed, 0, wanted.out / "lora.pt", watch, loss, tell)


def _telling(file: Path, told: Estimate, steps: int) -> Callable[[loop.Progressed], None]:
    """Writes where the run stands into a file, whole or not at all; first what it will take."""
    cost = {"memory": told.memory, "available": told.available, "seconds": round(told.seconds, 1)}

    def write(**more: float) -> None:
        partial = file.with_suffix(".part")
        partial.write_text(json.dumps({"cost": cost, "steps": steps, **more}), "utf-8")
        partial.replace(file)

    def tell(state: loop.Progressed) -> None:
        write(step=state.step, loss=round(state.loss, 4), seconds=round(state.seconds, 1))

    write()
    return tell


def _export(wanted: Wanted, model_type: str) -> None:
    """The forms that engines load; the base's GGUF beside them where there is one."""
    served = wanted.out / SERVED
    export.everything(wanted.out / "adapter", model_type, served, wanted.base_name or wanted.base.name)
    gguf = wanted.base_gguf or (wanted.base if wanted.base.suffix == ".gguf" else None)
    target = served / "base.gguf"
    if gguf is not None and not target.exists():
        try:
            target.hardlink_to(gguf)
        except OSError:
            shutil.copyfile(gguf, target)


def _written(
    wanted: Wanted, plan: Plan, told: Estimate, watch: KeptWatch, progressed: loop.Progressed, examples: int
) -> dict[str, Any]:
    served = wanted.out / SERVED
    files = sorted(path for path in served.rglob("*") if path.is_file() and path.name != "base.gguf")
    best = min(watch.seen) if watch.seen else math.nan
    report = {
        "plan": {"hash": plan.hash, **asdict(plan)},
        "examples": examples,
        "steps": progressed.step,
        "seconds": round(progressed.seconds, 1),
        "held_back_loss": {"best": None if math.isnan(best) else round(best, 4), "seen": [round(one, 4) for one in watch.seen]},
        "estimate": {"memory": told.memory, "seconds": round(told.seconds, 1)},
        "device": str(network.device()),
        "versions": {name: version(name) for name in ("torch", "transformers", "peft")} | {"python": platform.python_version()},
        "files": {str(path.relative_to(served)): hash_of(path) for path in files},
    }  # fmt: skip
    (wanted.out / RUN).write_text(json.dumps(report, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    return report
