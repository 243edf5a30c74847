"""What the cluster has once is applied whole, and the node pools explain every value that they take."""

import re
from pathlib import Path

import pytest
import yaml
from manifests.release import ROOT

DOCUMENTED = re.compile(r"# -- .+\n(?: *# .+\n)* *(\w+):")


def undocumented(text: str) -> list[str]:
    """Keys of a values file that no `# --` line stands above; keys that only group others need none."""
    leaves = [key for value in yaml.safe_load(text).values() if isinstance(value, dict) for key in value]
    leaves += [key for key, value in yaml.safe_load(text).items() if not isinstance(value, dict)]
    return sorted(set(leaves) - set(DOCUMENTED.findall(text)))


def left_out(folder: Path) -> set[str]:
    """Manifests beside a kustomization that it does not list."""
    listed = set(yaml.safe_load((folder / "kustomization.yaml").read_text())["resources"])
    return {path.name for path in folder.glob("*.yaml")} - listed - {"kustomization.yaml"}


def test_nothing_is_left_out_of_the_kustomization(tmp_path: Path) -> None:
    assert left_out(ROOT / "k8s") == set()
    (tmp_path / "kustomization.yaml").write_text("resources: [a.yaml]")
    (tmp_path / "b.yaml").touch()
    assert left_out(tmp_path) == {"b.yaml"}


def test_each_value_of_the_pools_is_explained() -> None:
    assert undocumented((ROOT / "karpenter" / "values.yaml").read_text()) == []
    assert undocumented("a:\n  # -- Known.\n  b: 1\n  c: 2\n# -- Too.\nd: 1\n") == ["c"]


@pytest.mark.parametrize("path", sorted((ROOT / "k8s" / "values").glob("*.yaml")), ids=lambda path: path.stem)
def test_values_for_other_charts_are_yaml(path: Path) -> None:
    assert isinstance(yaml.safe_load(path.read_text()), dict)
