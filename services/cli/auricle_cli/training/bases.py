"""What a base is called and where it lies: a path, an entry of the catalogue of weights that is here, or a repository of a hub."""

from pathlib import Path

from auricle_cli.errors import CliError
from auricle_cli.weights.commands import entries
from auricle_cli.weights.store import Store, default_root


def find(asked: str) -> tuple[str, str]:
    """What the trainer loads, and the name that the adapter gives its base. Raises CliError for weights that are not here."""
    path = Path(asked)
    if path.exists():
        return str(path), path.name
    known = entries()
    if asked not in known:
        if "/" not in asked:
            raise CliError(f"{asked} is no path, no name of `auricle weights list`, and no repository of a hub")
        return asked, asked
    entry, store = known[asked], Store(default_root())
    if store.missing(entry):
        raise CliError(f"{asked} is not here: `auricle weights pull {asked}`")
    gguf = next((file.path for file in entry.files if file.path.endswith(".gguf")), None)
    hub = entry.sources.hub
    return str(store.folder(entry) / gguf if gguf else store.folder(entry)), hub.repository if hub else asked
