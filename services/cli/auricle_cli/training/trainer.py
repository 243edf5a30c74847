"""The trainer as a process of its own: this one imports no service, and no torch."""

import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from auricle_cli.errors import CliError
from auricle_cli.options import root

PYTHON = "AURICLE_TRAINER_PYTHON"


def run(module: str, words: Sequence[str], *, torch: bool = False) -> None:
    """`python -m auricle_trainer.<module> …`, its output as it comes. Raises CliError where it ends badly.

    With `torch` it is what AURICLE_TRAINER_PYTHON names, else this interpreter where it has torch, else that of `make .venv/.train`.
    """
    ended = subprocess.run(command(module, words, torch=torch), env=dict(os.environ), check=False)  # noqa: S603 - our own command line
    if ended.returncode:
        raise CliError(f"the trainer ended with {ended.returncode}")


def command(module: str, words: Sequence[str], *, torch: bool) -> list[str]:
    """The command line of `run`. Raises CliError where torch is wanted and is not there."""
    python = _with_torch() if torch else Path(sys.executable)
    return [str(python), "-m", f"auricle_trainer.{module}", *words]


def prompts() -> str:
    """The folder of prompts that training renders by: the product's own."""
    return str(root() / "prompts")


def _with_torch() -> Path:
    if PYTHON not in os.environ and find_spec("torch") is not None:
        return Path(sys.executable)
    python = Path(os.environ.get(PYTHON) or root() / ".venv" / "train" / "bin" / "python")
    if not python.exists():
        raise CliError(f"training needs an environment with torch, and {python} is none: `make .venv/.train` (1.7 GB)")
    return python
