"""`auricle weights`: what there is, what is here, what it may be used for."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.filesize import decimal
from rich.table import Table

from auricle_cli.errors import CliError
from auricle_cli.options import Json, print_json
from auricle_cli.weights import catalogue, judge_weights, pulling, speech_weights
from auricle_cli.weights.catalogue import Weights
from auricle_cli.weights.judge_weights import JudgeWeights
from auricle_cli.weights.speech_weights import SpeechWeights
from auricle_cli.weights.store import Store, default_root

app = typer.Typer(no_args_is_help=True, help="Weights by name: list, pull, verify, licences.")
Accept = Annotated[bool, typer.Option("--accept-licence", help="You have read the licence and accept its terms.")]
OfflineOption = Annotated[bool, typer.Option("--offline", help="Open no connection; also AURICLE_OFFLINE=1.")]


FEW = 4


class Unverified(CliError):
    """At least one stored file is missing or another one."""


def entries() -> dict[str, Weights]:
    """The shipped catalogue, or the one that AURICLE_WEIGHTS_CATALOGUE names."""
    root = Path(os.environ.get("AURICLE_ROOT", "."))
    return catalogue.load(Path(os.environ.get("AURICLE_WEIGHTS_CATALOGUE") or root / "models" / "catalogue.yaml"))


def for_speech(root: Path, console: Console) -> SpeechWeights:
    """The speech weights of a local stack, fetched where they must be; said on the console."""
    chosen = speech_weights.choose(root, entries(), Store(default_root()), console)
    console.print(f"Speech weights: {chosen.told}", markup=False)
    return chosen


def for_judge(root: Path, console: Console) -> JudgeWeights:
    """The judge of a local stack; said on the console."""
    chosen = judge_weights.choose(root, entries(), Store(default_root()))
    console.print(f"Judge: {chosen.told}", markup=False)
    return chosen


@app.command("list")
def list_weights(as_json: Json = False) -> None:
    """Every entry with its size, licence and state."""
    store = Store(default_root())
    found = entries()
    if as_json:
        print_json([_told(entry, store) for entry in found.values()])
        return
    table = Table("name", "for", "languages", "size", "licence", "state", "what", box=None, pad_edge=False)
    for column in table.columns[:-1]:
        column.no_wrap = True
    for entry in found.values():
        size = decimal(entry.size) if entry.size else "at its source"
        table.add_row(
            entry.name,
            entry.task,
            _languages(entry),
            size,
            entry.licence.id,
            _state(entry, store),
            entry.title,
        )
    Console().print(table)


@app.command("pull")
def pull_weights(name: str, accept_licence: Accept = False, offline: OfflineOption = False) -> None:
    """Fetch an entry, file by file, each compared with its hash; a broken pull goes on where it ended."""
    entry = catalogue.find(entries(), name)
    folder = pulling.pull(
        entry,
        Store(default_root()),
        Console(stderr=True),
        accepted=accept_licence,
        offline=offline or pulling.is_offline(),
    )
    print(folder)


@app.command("verify")
def verify_weights(
    names: Annotated[list[str] | None, typer.Argument(help="By default all that are here.")] = None,
) -> None:
    """Read every stored byte again and compare; asks no network."""
    found, store = entries(), Store(default_root())
    chosen = (
        [catalogue.find(found, name) for name in names] if names else [e for e in found.values() if _is_here(e, store)]
    )
    faults = {entry.name: store.faults(entry) for entry in chosen}
    for name, said in faults.items():
        print(f"{name}: {'; '.join(said) or 'ok'}")
    if any(faults.values()):
        raise Unverified(
            f"{sum(map(bool, faults.values()))} of {len(faults)} are not what they should be: pull them again"
        )


@app.command("licences")
def licences() -> None:
    """Under which terms each entry may be used."""
    for entry in entries().values():
        consent = ", asks for consent (--accept-licence)" if entry.licence.accept else ""
        print(f"{entry.name}: {entry.licence.id}, {entry.licence.url}{consent}")


def _languages(entry: Weights) -> str:
    return ", ".join(entry.languages) if len(entry.languages) <= FEW else f"{len(entry.languages)} languages"


def _is_here(entry: Weights, store: Store) -> bool:
    return not store.missing(entry)


def _state(entry: Weights, store: Store) -> str:
    missing = store.missing(entry)
    if not missing:
        return "here"
    return "not here" if len(missing) == len(entry.files) else f"{len(missing)} of {len(entry.files)} files missing"


def _told(entry: Weights, store: Store) -> dict[str, Any]:
    facts = entry.model_dump(mode="json", include={"name", "title", "task", "languages", "licence"})
    folder = str(store.folder(entry)) if _is_here(entry, store) else None
    return facts | {"size": entry.size, "state": _state(entry, store), "folder": folder, "sha256": store.hashes(entry)}
