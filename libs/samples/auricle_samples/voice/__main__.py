"""`python -m auricle_samples.voice DIR`: make the sample calls (needs libespeak-ng); with `--scripts`, those that festival reads."""

from __future__ import annotations

import argparse
from pathlib import Path

from auricle_samples.voice import scripted
from auricle_samples.voice.calls import make_calls

SECOND, THIRD, DEVELOPMENT = "heldout-second", "heldout-third", "development"


def main() -> None:
    """Parse and make."""
    parser = argparse.ArgumentParser(prog="python -m auricle_samples.voice", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the recordings go, for example tests/data/calls")
    parser.add_argument(
        "--scripts",
        action="store_true",
        help="read the scripts, as in tests/data/spoken (festival, pyworld); --split heldout, heldout-second, …: other ones",
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--split", choices=["train", "dev", "heldout", SECOND, THIRD, DEVELOPMENT], default="dev")
    arguments = parser.parse_args()
    if arguments.scripts:
        makers = {
            "heldout": scripted.make_held_out,
            SECOND: scripted.make_second_held_out,
            THIRD: scripted.make_third_held_out,
            DEVELOPMENT: scripted.make_development,
        }
        makers.get(arguments.split, scripted.make)(arguments.folder)
    elif arguments.split in (SECOND, THIRD, DEVELOPMENT):
        parser.error(f"{arguments.split} is of scripts: --scripts")
    else:
        make_calls(arguments.folder, arguments.seed, arguments.split)


if __name__ == "__main__":
    main()
