"""`python -m auricle_samples.planted SPLIT COUNT`: COUNT calls of each density as JSONL on standard output."""

import sys

from auricle_samples.planted import DENSITIES, planted_call


def main(arguments: list[str]) -> int:
    """Write the calls of the seeds 0 to COUNT - 1."""
    if len(arguments) != 2 or arguments[0] not in ("dev", "test") or not arguments[1].isdigit():
        print(__doc__, file=sys.stderr)
        return 2
    for density in DENSITIES:
        for seed in range(int(arguments[1])):
            call = planted_call(seed, arguments[0], density)  # type: ignore[arg-type]
            print(call.model_dump_json(exclude_defaults=True))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
