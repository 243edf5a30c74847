"""The store of weights: files by their hash, and a folder for each entry whose files are links to them.

<root>/sha256/<hash>           written once, read only
<root>/named/<entry>/<file>    what an engine is given
<root>/named/<entry>/.hashes   hashes of the files, also of those that the catalogue does not know
"""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from auricle_cli.errors import CliError
from auricle_cli.weights.catalogue import Weights, WeightsFile

BLOCK = 1 << 20
HASHES = ".hashes"


class WrongHash(CliError):
    """A file is not what the catalogue says it is."""


def default_root() -> Path:
    """Below the user's cache, or where AURICLE_WEIGHTS_CACHE points."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(os.environ.get("AURICLE_WEIGHTS_CACHE") or Path(cache) / "auricle" / "weights")


def sha256_of(path: Path) -> str:
    """Hex digest of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


@dataclass(frozen=True)
class Store:
    """Files that were fetched. Nothing is named before its hash was compared."""

    root: Path

    def folder(self, entry: Weights) -> Path:
        """Where an engine finds the entry's files."""
        return self.root / "named" / entry.name

    def staging(self, entry: Weights) -> Path:
        """Where a fetch that was broken off goes on."""
        return self.root / "staging" / entry.name

    def missing(self, entry: Weights) -> list[WeightsFile]:
        """Files that are not there. Looks at names, not at bytes: `faults` does that."""
        return [file for file in entry.files if not (self.folder(entry) / file.path).is_file()]

    def hashes(self, entry: Weights) -> dict[str, str]:
        """Hashes of the files that were stored, by path."""
        try:
            found: dict[str, str] = json.loads((self.folder(entry) / HASHES).read_text())
        except (OSError, ValueError):
            return {}
        return found

    def keep(self, entry: Weights, file: WeightsFile, fetched: Path) -> None:
        """Move a fetched file into the store. Raises WrongHash, and removes it, when it is another one."""
        digest = sha256_of(fetched)
        if file.sha256 not in (None, digest):
            fetched.unlink()
            raise WrongHash(f"{entry.name}/{file.path}: sha256 {digest} in place of {file.sha256}; it was removed")
        blob = self._blob(digest)
        blob.parent.mkdir(parents=True, exist_ok=True)
        if blob.exists():
            fetched.unlink()
        else:
            fetched.chmod(0o444)
            fetched.replace(blob)
        self._name(entry, file, digest)

    def adopt(self, entry: Weights, file: WeightsFile) -> bool:
        """Name a file whose bytes are in the store already; False when they are not."""
        if file.sha256 is None or not self._blob(file.sha256).is_file():
            return False
        self._name(entry, file, file.sha256)
        return True

    def faults(self, entry: Weights) -> list[str]:
        """What is wrong with the stored files: missing, or of another hash. Reads every byte, asks no network."""
        noted = self.hashes(entry)
        said = []
        for file in entry.files:
            path = self.folder(entry) / file.path
            expected = file.sha256 or noted.get(file.path)
            if not path.is_file():
                said.append(f"{file.path} is missing")
            elif (digest := sha256_of(path)) != expected:
                said.append(f"{file.path} has sha256 {digest}, expected {expected}")
        return said

    def _blob(self, digest: str) -> Path:
        return self.root / "sha256" / digest

    def _name(self, entry: Weights, file: WeightsFile, digest: str) -> None:
        named = self.folder(entry) / file.path
        named.parent.mkdir(parents=True, exist_ok=True)
        named.unlink(missing_ok=True)
        try:
            named.hardlink_to(self._blob(digest))
        except OSError:
            named.symlink_to(self._blob(digest))
        noted = self.folder(entry) / HASHES
        noted.write_text(json.dumps(self.hashes(entry) | {file.path: digest}, indent=1, sort_keys=True) + "\n")
