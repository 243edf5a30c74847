"""The command `learn`. Only it and `export` import what needs torch, so that the other commands run without."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import torch
import torch.distributed as dist

from auricle_trainer.speech.network import Size, SmallWhisper
from auricle_trainer.speech.training import PHASES, Run, train


def learn(work: Path, name: str, seed: int) -> None:
    """Train through all phases, on CUDA where there is one; stopped and started again, it goes on where it was."""
    torch.manual_seed(seed)
    if "WORLD_SIZE" in os.environ:  # started by torchrun
        dist.init_process_group("gloo")
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    run = Run(work, SmallWhisper(Size()), device, name)
    try:
        train(run, PHASES, seed)
    except KeyboardInterrupt:
        run.save()
