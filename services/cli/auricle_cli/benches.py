"""The benches live beside the tests, since they see every service from inside; this starts one and says how it ended."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from auricle_cli.errors import CliError


def run(root: Path, name: str, settings: Mapping[str, str]) -> None:
    """One file of `tests/bench`, in a process of its own. Raises CliError."""
    path = root / "tests" / "bench" / name
    if not path.exists():
        raise CliError(f"{path} is not there: benches need a checkout, and AURICLE_ROOT set to it")
    command = [sys.executable, "-m", "pytest", "-m", "bench", "-s", "-q", str(path)]
    ended = subprocess.run(command, cwd=root, env={**os.environ, **settings}, check=False)  # noqa: S603 - our own command line
    if ended.returncode:
        raise CliError(f"the bench ended with {ended.returncode}")
