"""What a run will take, before it takes it: memory by the numbers that must be held, time by how fast this machine multiplies now."""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from auricle_criteria.training_bases import BaseShape

from auricle_trainer.tuning.plan import Plan

GIB = 1 << 30
PASSES = 4  # times two floating point operations a number and token: forward, and back through the frozen base, of which only activations
MEASURED, REPEATS = 1024, 3


@dataclass(frozen=True)
class Estimate:
    """In bytes and seconds; `available` bytes are what the machine or GPU has now."""

    parameters: int
    trained: int
    tokens: int
    memory: int
    available: int
    seconds: float

    def told(self) -> str:
        """One line for people."""
        return (
            f"{self.parameters / 1e6:.0f} M parameters, {self.trained / 1e6:.1f} M trained; {self.tokens:,} tokens a pass; about"
            f" {self.memory / GIB:.1f} GiB of memory ({self.available / GIB:.1f} free) and {_minutes(self.seconds)}"
        )


def estimate(config: Any, parameters: int, tokens: int, plan: Plan) -> Estimate:
    """`tokens` are those of one pass over all examples."""
    shape = _shape(config, parameters)
    seconds = PASSES * parameters * tokens * plan.passes / _multiplications()
    memory = shape.memory(plan.rank, plan.batch_tokens, four_bit=plan.four_bit)
    return Estimate(parameters, shape.trained(plan.rank), tokens, memory, available(), seconds)


def available() -> int:
    """Bytes that are free: of the GPU where there is one."""
    if torch.cuda.is_available():
        return int(torch.cuda.mem_get_info()[0])
    try:
        lines = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text("ascii").splitlines())
        return int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _shape(config: Any, parameters: int) -> BaseShape:
    heads = int(config.num_attention_heads)
    return BaseShape(
        parameters=parameters, hidden=int(config.hidden_size), inner=int(config.intermediate_size),
        layers=int(config.num_hidden_layers), heads=heads, keys=int(config.num_key_value_heads),
        head=int(getattr(config, "head_dim", None) or int(config.hidden_size) // heads),
    )  # fmt: skip


def _multiplications() -> float:
    """Operations a second that this machine does now in bfloat16, as the loop computes; halved: a step is more than its matrices."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    one = torch.ones(MEASURED, MEASURED, dtype=torch.bfloat16, device=device)
    began = time.monotonic()
    for _ in range(REPEATS):
        float((one @ one)[0, 0])
    return REPEATS * 2 * MEASURED**3 / (time.monotonic() - began) / 2


def _minutes(seconds: float) -> str:
    return f"{seconds / 3600:.1f} hours" if seconds >= 7200 else f"{max(1, round(seconds / 60))} minutes"
