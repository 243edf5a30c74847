"""The import contracts hold, and each of them fails when it is broken: a copy of the tree gets one wrong import."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# contract → the module that gets a line, and the line
BREACHES = {
    "layers": ("libs/contracts/auricle_contracts/steps.py", "import auricle_kit.settings"),
    "services": ("services/rules/auricle_rules/__init__.py", "import auricle_compressor"),
    "contracts": ("libs/contracts/auricle_contracts/steps.py", "import httpx"),
    "kit": ("libs/kit/auricle_kit/drain.py", "import redis"),
    "redis": ("services/keeper/auricle_keeper/__init__.py", "import redis"),
    "stores": ("services/gateway/auricle_gateway/__init__.py", "import sqlalchemy"),
    "model_client": ("services/rules/auricle_rules/__init__.py", "import auricle_judging.client"),
    "speech_engine": ("services/gateway/auricle_gateway/__init__.py", "import faster_whisper"),
    "torch": ("services/asr/auricle_asr/__init__.py", "import torch"),
}


def lint(root: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    """`lint-imports` over the packages of this root."""
    members = [
        str(path.parent) for path in [*root.glob("libs/*/pyproject.toml"), *root.glob("services/*/pyproject.toml")]
    ]
    wanted = [word for contract in contracts for word in ("--contract", contract)]
    code = "import sys; sys.path[:0] = sys.argv.pop(1).split(':'); from importlinter.cli import lint_imports_command as c; c()"
    command = [
        sys.executable,
        "-c",
        code,
        ":".join(members),
        "--config",
        str(root / ".importlinter"),
        "--no-cache",
        *wanted,
    ]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def copied_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources, where a breach harms nobody."""
    root = tmp_path_factory.mktemp("tree")
    for folder in ("libs", "services"):
        shutil.copytree(
            ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__", "static", "*.egg-info")
        )
    shutil.copy(ROOT / ".importlinter", root)
    return root


def test_every_contract_has_a_planted_breach() -> None:
    contracts = {
        line.removeprefix("[importlinter:contract:").rstrip("]")
        for line in (ROOT / ".importlinter").read_text().splitlines()
        if line.startswith("[importlinter:contract:")
    }
    assert contracts == BREACHES.keys()


def test_the_tree_keeps_every_contract(copied_tree: Path) -> None:
    done = lint(copied_tree)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("contract", BREACHES)
def test_a_breach_is_seen(copied_tree: Path, contract: str) -> None:
    name, line = BREACHES[contract]
    module = copied_tree / name
    kept = module.read_text()
    module.write_text(kept + f"\n{line}\n")
    try:
        done = lint(copied_tree, contract)
    finally:
        module.write_text(kept)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout
