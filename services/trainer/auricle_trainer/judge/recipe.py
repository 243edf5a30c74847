"""Every number of the recipe, so that two runs differ in nothing but the machine."""

from dataclasses import dataclass, replace

SEED = 20_261_121
TOKENIZER_DOCUMENTS = 6_000
FIRST_BASE_SEED, FIRST_ADAPTER_SEED, FIRST_CALIBRATION_SEED = 0, 5_000_000, 9_000_000


@dataclass(frozen=True)
class Phase:
    """One training phase: `batch_tokens` a step; the rate warms up, stays, and goes to zero over `cool_steps`.

    `read_share` of the tokens that are only read are learnt too, at a quarter of the weight.
    """

    steps: int
    batch_tokens: int
    warm_steps: int
    cool_steps: int
    adam_rate: float
    read_share: float
    save_every: int = 50

    def rate(self, step: int) -> float:
        """The share of the peak rate at `step`, 0..1."""
        if step < self.warm_steps:
            return (step + 1) / self.warm_steps
        return min(1.0, (self.steps - step) / self.cool_steps)

    def shortened(self, steps: int) -> "Phase":
        """The same schedule over so many steps: cooling keeps its share, warming its length where there is room."""
        cool = max(1, round(self.cool_steps * steps / self.steps))
        return replace(self, steps=steps, cool_steps=cool, warm_steps=min(self.warm_steps, steps))


# Hours on two free cores, minutes on a GPU. How the shipped weights came about: models/judge/README.md.
COPYING = Phase(steps=600, batch_tokens=4096, warm_steps=30, cool_steps=200, adam_rate=1e-3, read_share=0.0)
BASE = Phase(steps=4_000, batch_tokens=8192, warm_steps=100, cool_steps=2_000, adam_rate=2e-3, read_share=0.25)
ADAPTER = Phase(steps=900, batch_tokens=8192, warm_steps=30, cool_steps=630, adam_rate=2e-3, read_share=0.0)
ADAPTER_RANK, ADAPTER_ALPHA = 32, 64
ADAPTER_TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
