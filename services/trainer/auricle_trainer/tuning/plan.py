"""What a run of training is: everything that makes its adapter, under one hash, so that nothing goes on from another run's checkpoint."""

import hashlib
import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path

from auricle_trainer.judge.recipe import Phase

PLAN = "plan.json"
WARM_SHARE = 0.05
BLOCK = 1 << 20


class AnotherRun(ValueError):
    """The folder holds a run of other data, base or numbers."""


@dataclass(frozen=True)
class Plan:
    """`data` is the data set's hash, `base` its name, `base_hash` the SHA-256 of its weights. `whole_share` of the examples are uncut."""

    data: str
    base: str
    base_hash: str
    prompts: tuple[str, ...]
    rank: int
    passes: float
    batch_tokens: int
    rate: float
    whole_share: float
    seed: int
    four_bit: bool = False
    most: int = 0

    @property
    def hash(self) -> str:
        """First 16 hex digits of the SHA-256 of the sorted JSON."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]

    def phase(self, tokens: int) -> Phase:
        """`passes` over examples of so many tokens in all."""
        steps = max(1, math.ceil(self.passes * tokens / self.batch_tokens))
        warm = max(1, round(WARM_SHARE * steps))
        return Phase(
            steps=steps, batch_tokens=self.batch_tokens, warm_steps=warm, cool_steps=max(1, steps - warm),
            adam_rate=self.rate, read_share=0.0, save_every=max(1, min(40, steps // 6)),
        )  # fmt: skip


def claim(folder: Path, plan: Plan) -> None:
    """Write the plan into a folder that has none. Raises AnotherRun."""
    path = folder / PLAN
    told = json.dumps({"hash": plan.hash, **asdict(plan)}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if path.exists():
        known = json.loads(path.read_text("utf-8"))
        if known.get("hash") != plan.hash:
            raise AnotherRun(f"{folder} holds run {known.get('hash')}, this is {plan.hash}: choose another --out")
        return
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(told, "utf-8")


def hash_of(base: Path) -> str:
    """Of a file; of a folder, over its safetensors and config by name. A name of a hub has no bytes here: the hash of the name."""
    whole = hashlib.sha256()
    files = [base] if base.is_file() else sorted([*base.glob("*.safetensors"), *base.glob("config.json")])
    if not files:
        whole.update(str(base).encode())
    for path in files:
        whole.update(path.name.encode() if base.is_dir() else b"")
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                whole.update(block)
    return whole.hexdigest()
