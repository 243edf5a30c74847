"""Writes heldout.jsonl: the turns of held-out calls with who says them, from seeds that no other set of this repository uses.

`python tests/data/roles/generate.py > tests/data/roles/heldout.jsonl`
"""

import json

from auricle_contracts import Channel
from auricle_samples.dialogues import Language, generate

FIRST_SEED = 71_000
SETS: tuple[tuple[Language, int], ...] = (("ru", 60), ("en", 20))


def main() -> None:
    """One call a line."""
    for language, count in SETS:
        for seed in range(FIRST_SEED, FIRST_SEED + count):
            call = generate(seed, "heldout", channel=Channel.CALL, language=language)
            turns = [[turn.role.value, turn.text] for turn in call.turns]
            line = {"seed": seed, "language": language, "direction": call.direction.value, "turns": turns}
            print(json.dumps(line, ensure_ascii=False))


if __name__ == "__main__":
    main()
