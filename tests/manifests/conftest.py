"""The charts, rendered once a session; every check on its list."""

import copy
from pathlib import Path

import pytest
from manifests.checks import everything
from manifests.release import PROFILES, ROOT, Release, built, cluster, documents, release, rendered

everything()


@pytest.fixture(scope="session")
def chart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """charts/auricle with its dependencies built."""
    return built(tmp_path_factory.mktemp("charts"))


@pytest.fixture(scope="session")
def releases(chart: Path) -> dict[str, Release]:
    """Every profile, rendered."""
    return {profile: release(chart, profile) for profile in PROFILES}


@pytest.fixture(scope="session")
def healthy() -> Release:
    """The small release without a fault, on the real node pools."""
    pools = rendered(ROOT / "karpenter", {"enabled": True, "nodeClass": {"clusterName": "test", "role": "nodes"}})
    small = documents((Path(__file__).parent / "healthy.yaml").read_text())
    return Release("healthy", [*small, *pools], copy.deepcopy(cluster()))
