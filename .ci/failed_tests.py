"""The tests of a pytest cache that failed in its last run, a line each; nothing where there are too many for a second try."""

import json
import sys
from pathlib import Path

MOST = 20  # a module whose fixture failed; more than that is a fault of the change
MOST_FILES = 2


def failed_tests(cache: Path) -> list[str]:
    """Node ids, sorted; none where pytest wrote no cache."""
    try:
        failed = sorted(json.loads((cache / "v/cache/lastfailed").read_text()))
    except FileNotFoundError:
        return []
    files = {one.split("::")[0] for one in failed}
    return failed if len(failed) <= MOST and len(files) <= MOST_FILES else []


if __name__ == "__main__":
    print("\n".join(failed_tests(Path(sys.argv[1]))))
