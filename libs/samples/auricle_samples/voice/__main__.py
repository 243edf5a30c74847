"""`python -m auricle_samples.voice DIR`: make the sample calls (needs libespeak-ng); with `--scripts`, those that festival reads."""

from __future__ import annotations

import argparse
from pathlib import Path

from auricle_samples.voice import scripted
from auricle_samples.voice.calls import make_calls


def main() -> None:
    """Parse and make."""
    parser = argparse.ArgumentParser(prog="python -m auricle_samples.voice", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the recordings go, for example tests/data/calls")
    parser.add_argument(
        "--scripts",
        action="store_true",
        help="read the scripts, as in tests/data/spoken (festival, pyworld); with --split heldout, those kept for measuring",
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--split", choices=["train", "dev", "heldout"], default="dev")
    arguments = parser.parse_args()
    if arguments.scripts:
        make = scripted.make_held_out if arguments.split == "heldout" else scripted.make
        make(arguments.folder)
    else:
        make_calls(arguments.folder, arguments.seed, arguments.split)


if __name__ == "__main__":
    main()
