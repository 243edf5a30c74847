"""Writes docs/evidence/manifests.json: what was rendered and checked, counted; exits 1 when a check has something to say.

python -m manifests.evidence --command "make manifests"   (with `tests` on PYTHONPATH; the make target does it)
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import helm_python as helm
from manifests.checks import everything
from manifests.checks.kinds import VERSIONS
from manifests.checks.registry import CHECKS, faults
from manifests.plants import PLANTS
from manifests.release import PROFILES, ROOT, Release, built, release
from manifests.values import keys, loaded

TARGET = ROOT / "docs" / "evidence" / "manifests.json"


def counted(one: Release) -> dict[str, Any]:
    """Objects by kind, and what the checks say."""
    kinds = sorted({manifest["kind"] for manifest in one.manifests})
    found = {name: faults(name, one) for name in sorted(CHECKS)}
    return {
        "objects": len(one.manifests),
        "by_kind": {kind: len(one.of(kind)) for kind in kinds},
        "faults": {name: said for name, said in found.items() if said},
    }


def promtool() -> str | None:
    """Its version; None where it is not installed."""
    if shutil.which("promtool") is None:
        return None
    done = subprocess.run(["promtool", "--version"], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[0] if done.stdout else done.stderr.splitlines()[0]


def measured() -> dict[str, Any]:
    """Everything in the file but how it was made."""
    with tempfile.TemporaryDirectory() as folder:
        chart = built(Path(folder))
        profiles = {profile: counted(release(chart, profile)) for profile in PROFILES}
        with loaded(chart) as one:
            values = len(list(keys(one.merge_values({}))))
    return {
        "profiles": profiles,
        "checks": len(CHECKS),
        "planted_faults": len(PLANTS),
        "planted_faults_by_check": dict(sorted(Counter(plant.check for plant in PLANTS).items())),
        "values_that_may_not_be_misspelt": values,
        "kubernetes": list(VERSIONS),
        "helm": helm.helm_sdk_version(),
        "promtool": promtool(),
    }


def main() -> None:
    """Write the file and judge it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--command", required=True)
    made = {
        "command": parser.parse_args().command,
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
    }
    found = measured()
    TARGET.write_text(json.dumps(made | found, indent=1) + "\n", encoding="utf-8")
    broken = {name: one["faults"] for name, one in found["profiles"].items() if one["faults"]}
    print(json.dumps(broken, indent=1) if broken else f"wrote {TARGET.relative_to(ROOT)}: no faults")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    everything()
    main()
