"""Third-party files of the page: fetched by npm, checked against `vendored.toml`, laid into `auricle_console/static/vendor`.

`python services/console/vendor.py` (make vendor). Nothing is installed and no code of a package is run.
"""

import hashlib
import subprocess
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOM = Path(__file__).parent
MANIFEST = ROOM / "vendored.toml"
TARGET = ROOM / "auricle_console" / "static" / "vendor"


def packed(name: str, version: str, folder: Path) -> Path:
    """The package's archive as the npm client hands it out. Raises CalledProcessError."""
    order = ["npm", "pack", "--silent", "--ignore-scripts", f"{name}@{version}", "--pack-destination", str(folder)]
    told = subprocess.run(order, check=True, capture_output=True, text=True)  # noqa: S603 (names of our own manifest)
    return folder / told.stdout.strip().splitlines()[-1]


def lay(package: dict[str, Any], archive: Path, target: Path) -> None:
    """The files that the manifest names. Raises ValueError for one whose SHA-256 is another."""
    with tarfile.open(archive) as held:
        for one in package["files"]:
            member = held.extractfile(f"package/{one['path']}")
            content = member.read() if member else b""
            digest = hashlib.sha256(content).hexdigest()
            if digest != one["sha256"]:
                raise ValueError(
                    f"{package['name']} {one['path']}: SHA-256 is {digest}, the manifest says {one['sha256']}"
                )
            (target / one["as"]).write_bytes(content)


def main() -> None:
    """Every package of the manifest."""
    for package in tomllib.loads(MANIFEST.read_text())["packages"]:
        with tempfile.TemporaryDirectory() as folder:
            lay(package, packed(package["name"], package["version"], Path(folder)), TARGET)


if __name__ == "__main__":
    main()
