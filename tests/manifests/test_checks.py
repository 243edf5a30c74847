"""Every check finds its planted faults, and nothing in a release without: a guard that was never seen to fail is decoration."""

import re
from pathlib import Path

import pytest
from manifests.checks.registry import CHECKS, faults
from manifests.plants import PLANTS, Plant
from manifests.release import Release

NAME = re.compile(r"`(\w+_\w+)`")


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_the_small_installation_has_no_fault(healthy: Release, name: str) -> None:
    assert faults(name, healthy) == []


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: f"{plant.check}-{plant.complaint}")
def test_a_planted_fault_is_found(healthy: Release, plant: Plant) -> None:
    release = healthy.copied()
    plant.breaking(release)
    found = faults(plant.check, release)
    assert any(plant.complaint in fault for fault in found), found


def test_each_check_is_on_the_page() -> None:
    page = (Path(__file__).parent / "README.md").read_text(encoding="utf-8")
    listed = [name for row in page.splitlines() if row.startswith("|") for name in NAME.findall(row)]
    assert sorted(listed) == sorted(CHECKS)


def test_each_check_has_a_planted_fault() -> None:
    assert {plant.check for plant in PLANTS} == CHECKS.keys()
