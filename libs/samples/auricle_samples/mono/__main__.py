"""`python -m auricle_samples.mono DIR --split tune --calls 24`: recordings with descriptions and truths, as `tests/bench` reads them."""

from __future__ import annotations

import argparse
from pathlib import Path

from auricle_samples.mono.sound import make


def main() -> None:
    """Parse and make."""
    parser = argparse.ArgumentParser(prog="python -m auricle_samples.mono", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--split", choices=["tune", "check", "written"], default="tune")
    parser.add_argument("--calls", type=int, default=24)
    arguments = parser.parse_args()
    make(arguments.folder, arguments.split, arguments.calls)


if __name__ == "__main__":
    main()
