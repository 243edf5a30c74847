"""Which speech weights a local stack hears with: those that were named, else real ones where they can be had, else the shipped ones.

A language may have weights of its own: those that were named for it, and for Russian the better ones of the store beside whisper-base.
"""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from rich.console import Console
from rich.filesize import decimal

from auricle_cli.errors import CliError
from auricle_cli.weights import pulling
from auricle_cli.weights.catalogue import Weights, find
from auricle_cli.weights.store import Store

VARIABLE, ROUTES, NUMBERS = "AURICLE_SPEECH_MODEL", "AURICLE_SPEECH_MODELS", "AURICLE_SPEECH_COMPUTE_TYPE"
REAL, SHIPPED = "whisper-base", "demo"
BETTER = {"ru": ("gigaam-v3-e2e-rnnt", "t-one")}
"""Beside whisper-base, the first of these that is in the store: nothing is fetched for it."""


@dataclass(frozen=True)
class SpeechWeights:
    """`model` is what the speech worker loads. `are_shipped`: those of models/speech, which know one synthesiser; `told` says why these.

    `routes`: languages with folders of weights of their own.
    """

    model: str
    are_shipped: bool
    told: str
    routes: Mapping[str, str] = field(default_factory=dict)

    @property
    def settings(self) -> dict[str, str]:
        """What the processes of a stack are told; `auto` is the fastest number type that the machine has, int8 on a CPU."""
        routes = {ROUTES: json.dumps(self.routes)} if self.routes else {}
        numbers = os.environ.get(NUMBERS, "default" if self.are_shipped else "auto")
        return {VARIABLE: self.model, NUMBERS: numbers} | routes


def choose(root: Path, entries: dict[str, Weights], store: Store, console: Console) -> SpeechWeights:
    """The weights of this start. A name that was asked for and cannot be had is an error; the default is then replaced, with its reason."""
    chosen = _for_all(root, entries, store, console)
    if ROUTES in os.environ:
        return _routed(chosen, _asked_routes(entries, store, console))
    is_default = VARIABLE not in os.environ and not chosen.are_shipped
    return _routed(chosen, _better(entries, store)) if is_default else chosen


def _for_all(root: Path, entries: dict[str, Weights], store: Store, console: Console) -> SpeechWeights:
    """The weights of every language that has none of its own."""
    named = os.environ.get(VARIABLE, "")
    if named == SHIPPED:
        return _shipped(root, f"{VARIABLE}={SHIPPED}")
    if named:
        return _named(root, named, entries, store, console)
    entry = find(entries, REAL)
    try:
        return _real(entry, store, console)
    except CliError as error:
        return _shipped(root, f"{REAL} is not here: {error}")


def _asked_routes(entries: dict[str, Weights], store: Store, console: Console) -> dict[str, str]:
    """As AURICLE_SPEECH_MODELS has them; a name of the catalogue is pulled and becomes its folder. Raises CliError."""
    try:
        asked = json.loads(os.environ[ROUTES])
    except ValueError as error:
        raise CliError(f"{ROUTES} is not JSON: {error}") from None
    if not isinstance(asked, dict) or not all(isinstance(model, str) for model in asked.values()):
        raise CliError(f'{ROUTES} is a JSON map of languages to weights, as {{"ru": "t-one"}}')
    return {
        language: _real(entries[model], store, console).model if model in entries else model
        for language, model in asked.items()
    }


def _better(entries: dict[str, Weights], store: Store) -> dict[str, str]:
    """Languages for which better weights are in the store, whole."""
    here = {
        language: [
            str(store.folder(entries[name])) for name in names if name in entries and not store.missing(entries[name])
        ]
        for language, names in BETTER.items()
    }
    return {language: folders[0] for language, folders in here.items() if folders}


def _routed(chosen: SpeechWeights, routes: Mapping[str, str]) -> SpeechWeights:
    told = "".join(f"; {language} by {Path(folder).name or folder}" for language, folder in routes.items())
    return replace(chosen, routes=routes, told=chosen.told + told)


def _named(root: Path, named: str, entries: dict[str, Weights], store: Store, console: Console) -> SpeechWeights:
    """A name of the catalogue is pulled; a folder, or an engine's own name, is taken as it is."""
    if named not in entries:
        return SpeechWeights(named, Path(named).resolve() == shipped_folder(root), f"{named} ({VARIABLE})")
    return _real(entries[named], store, console)


def _real(entry: Weights, store: Store, console: Console) -> SpeechWeights:
    """Fetched at the first start, taken from the store at every later one."""
    began, was_here = time.monotonic(), not store.missing(entry)
    if not was_here and not pulling.is_offline():
        size = decimal(entry.size) if entry.size else "size told by the source"
        console.print(f"Speech weights {entry.name}: {size}, once ({VARIABLE}={SHIPPED} takes the shipped ones)")
    folder = pulling.pull(entry, store, console, offline=pulling.is_offline())
    since = "from the store" if was_here else f"fetched in {time.monotonic() - began:.0f} s"
    return SpeechWeights(str(folder), are_shipped=False, told=f"{entry.name}, {since}")


def _shipped(root: Path, why: str) -> SpeechWeights:
    told = f"the shipped demo weights, which know one synthesiser only ({why})"
    return SpeechWeights(str(shipped_folder(root)), are_shipped=True, told=told)


def shipped_folder(root: Path) -> Path:
    """Where the weights of this repository lie."""
    return root / "models" / "speech"
