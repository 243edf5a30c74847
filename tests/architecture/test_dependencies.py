"""Each dependency that a member names has a line with its licence, and nothing that is installed forbids what our users may do."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STRONG = re.compile(r"\b(A?GPL|LGPL|SSPL|BUSL|CC-BY-NC|CC BY-NC|non-?commercial)", re.IGNORECASE)
NAME = re.compile(r"^([A-Za-z0-9_.-]+)==", re.MULTILINE)
# psutil and friends say it in classifiers only; these are file-level or dual and are argued for in docs/dependencies.md.
ALLOWED = {"av"}


def licence_of(name: str) -> str:
    """What the distribution says of itself."""
    facts = metadata(name)
    said = [line[:100] for field in ("License-Expression", "License") for line in facts.get_all(field) or []]
    return " ".join([*said, *(line for line in facts.get_all("Classifier") or [] if line.startswith("License"))])


def is_refused(licence: str) -> bool:
    """Copyleft or non-commercial, unless another licence may be chosen instead."""
    return bool(STRONG.search(licence)) and " OR " not in licence


def gigabytes(lock: str) -> list[str]:
    """torch, whose builds on PyPI bring CUDA, and CUDA itself."""
    return [name for name in NAME.findall(lock) if name == "torch" or name.startswith(("nvidia-", "cuda-"))]


def direct() -> set[str]:
    """What the members themselves ask for."""
    found = set()
    for path in [*ROOT.glob("libs/*/pyproject.toml"), *ROOT.glob("services/*/pyproject.toml")]:
        project = tomllib.loads(path.read_text())["project"]
        found |= {re.split(r"[\[<>=!~; ]", line)[0].lower() for line in project["dependencies"]}
    return {name for name in found if not name.startswith("auricle-")}


def test_each_direct_dependency_has_its_line() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text().lower()
    missing = sorted(name for name in direct() if not re.search(rf"^\|[^|]*\b{re.escape(name)}\b", text, re.MULTILINE))
    assert missing == []


def test_no_licence_at_run_time_forbids_use() -> None:
    refused = {}
    for name in NAME.findall((ROOT / "requirements.lock").read_text()):
        try:
            licence = licence_of(name)
        except PackageNotFoundError:  # for another platform
            continue
        if is_refused(licence) and name not in ALLOWED:
            refused[name] = licence
    assert refused == {}


@pytest.mark.parametrize(
    "licence", ["GPL-3.0-only", "LGPL-2.1", "License :: OSI Approved :: GNU AGPLv3 AGPL", "CC-BY-NC-4.0"]
)
def test_a_planted_licence_is_refused(licence: str) -> None:
    assert is_refused(licence)


@pytest.mark.parametrize("licence", ["MIT", "Apache-2.0", "MPL-2.0", "GPL-2.0 OR MIT"])
def test_a_permissive_licence_is_not(licence: str) -> None:
    assert not is_refused(licence)


@pytest.mark.parametrize("path", sorted(ROOT.glob("requirements*.lock")), ids=lambda path: path.stem)
def test_no_lock_brings_gigabytes_of_cuda(path: Path) -> None:
    assert gigabytes(path.read_text()) == []


def test_a_planted_torch_is_found() -> None:
    assert gigabytes("six==1.0\ntorch==2.13.0 \\\nnvidia-cudnn-cu13==9.0\n") == ["torch", "nvidia-cudnn-cu13"]
