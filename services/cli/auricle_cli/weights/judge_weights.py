"""Which judge a local stack judges with: the named one, else the shipped adapter over a base of the store, else the small one."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from auricle_cli.weights.catalogue import Weights
from auricle_cli.weights.store import Store

VARIABLE = "AURICLE_JUDGE_DIR"
BASE, ADAPTER = "gemma-3-270m", "judge-gemma"


@dataclass(frozen=True)
class JudgeWeights:
    """`told` says which and why; `settings` are what the processes of a stack are told, none where the stack's own hold."""

    told: str
    settings: Mapping[str, str] = field(default_factory=dict)


def choose(root: Path, entries: Mapping[str, Weights], store: Store) -> JudgeWeights:
    """The judge of this start. Nothing is fetched for it: who pulls the base has read its licence and accepts it."""
    adapter = root / "models" / ADAPTER
    if named := os.environ.get(VARIABLE):
        return JudgeWeights(f"{named} ({VARIABLE})")
    if BASE not in entries or not adapter.is_dir():
        return JudgeWeights("the shipped small one")
    if store.missing(entries[BASE]):
        return JudgeWeights(
            f"the shipped small one; a better one after: auricle weights pull {BASE} --accept-licence ({entries[BASE].licence.id})"
        )
    (base,) = store.folder(entries[BASE]).glob("*.gguf")
    folder = assembled(adapter, base, root / ".auricle" / ADAPTER)
    return JudgeWeights(f"{ADAPTER} over {BASE}, from the store", {VARIABLE: str(folder)})


def assembled(adapter: Path, base: Path, folder: Path) -> Path:
    """A folder to serve from: copies of the adapter's files and a link to the base. What was published beside them stays."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in adapter.iterdir():
        if file.is_file():
            shutil.copyfile(file, folder / file.name)
    link = folder / "base.gguf"
    link.unlink(missing_ok=True)
    link.symlink_to(base)
    return folder
