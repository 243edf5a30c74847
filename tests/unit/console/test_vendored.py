"""Third-party files of the page are the ones that the manifest names, and a package of other bytes is refused."""

import hashlib
import importlib.util
import tarfile
import tomllib
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOM = Path("services/console")
SERVED = ROOM / "auricle_console/static/vendor"
PACKAGES: list[dict[str, Any]] = tomllib.loads((ROOM / "vendored.toml").read_text())["packages"]


@pytest.fixture(scope="module")
def vendor() -> ModuleType:
    spec = importlib.util.spec_from_file_location("vendor", ROOM / "vendor.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_vendored_file_is_of_the_manifest_and_has_its_hash() -> None:
    named = {one["as"]: one["sha256"] for package in PACKAGES for one in package["files"]}
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in SERVED.iterdir()}
    assert found == named


def test_every_package_brings_its_licence_and_has_its_row() -> None:
    rows = Path("docs/dependencies.md").read_text()
    for package in PACKAGES:
        assert any(one["as"].endswith("LICENSE.txt") for one in package["files"]), package["name"]
        assert package["licence"] in rows


@pytest.mark.parametrize("content", [b"as agreed", b"something else"])
def test_another_content_is_refused(vendor: ModuleType, tmp_path: Path, content: bytes) -> None:
    archive = tmp_path / "one.tgz"
    with tarfile.open(archive, "w:gz") as packed:
        member = tarfile.TarInfo("package/one.js")
        member.size = len(content)
        packed.addfile(member, BytesIO(content))
    agreed = hashlib.sha256(b"as agreed").hexdigest()
    package = {"name": "one", "files": [{"path": "one.js", "as": "one.js", "sha256": agreed}]}
    if content == b"as agreed":
        vendor.lay(package, archive, tmp_path)
        assert (tmp_path / "one.js").read_bytes() == content
    else:
        with pytest.raises(ValueError, match="SHA-256"):
            vendor.lay(package, archive, tmp_path)
        assert not (tmp_path / "one.js").exists()
