"""`python -m auricle_samples.dialogues SPLIT COUNT [FIRST]`: dialogues as JSONL on standard output, one a line."""

import sys

from auricle_samples.dialogues import generate


def main(arguments: list[str]) -> int:
    """Write `COUNT` dialogues of `SPLIT` (train, dev, heldout) from the seed `FIRST` (0) on."""
    if len(arguments) not in (2, 3) or arguments[0] not in ("train", "dev", "heldout"):
        print(__doc__, file=sys.stderr)
        return 2
    first = int(arguments[2]) if len(arguments) == 3 else 0
    for seed in range(first, first + int(arguments[1])):
        dialogue = generate(seed, arguments[0])  # type: ignore[arg-type]
        print(dialogue.model_dump_json(exclude_defaults=True))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
