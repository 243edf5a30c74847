"""Pulling an entry: licence first, then file by file from the first source that has it, each compared with its hash."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from auricle_cli.errors import CliError
from auricle_cli.weights.catalogue import Weights, WeightsFile
from auricle_cli.weights.sources import Source, SourceAway, SourceFailed, sources_of
from auricle_cli.weights.store import Store

LOOK_S = 0.2


class Offline(CliError):
    """Something is missing and nothing may be fetched."""


class NotAccepted(CliError):
    """The licence asks for consent, and it was not given."""


def is_offline() -> bool:
    """Whether AURICLE_OFFLINE forbids every connection."""
    return os.environ.get("AURICLE_OFFLINE", "").lower() in {"1", "true", "yes"}


def pull(entry: Weights, store: Store, console: Console, *, accepted: bool = False, offline: bool = False) -> Path:
    """The entry's folder, whole. Raises Offline, NotAccepted, WrongHash, CliError; a second call goes on where the first ended."""
    missing = [file for file in store.missing(entry) if not store.adopt(entry, file)]
    if not missing:
        return store.folder(entry)
    if offline:
        raise Offline(
            f"{entry.name}: {', '.join(file.path for file in missing)} is not in {store.root}, and offline is set"
        )
    console.print(f"{entry.title}: licence {entry.licence.id}, {entry.licence.url}", markup=False)
    if entry.licence.accept and not accepted:
        raise NotAccepted(f"{entry.name} may be used under its licence only: read it, then say --accept-licence")
    staging = store.staging(entry)
    staging.mkdir(parents=True, exist_ok=True)
    sources = dict(sources_of(entry))
    with _progress(console, entry, staging):
        for file in missing:
            store.keep(entry, file, _fetched(entry, file, sources, staging))
    shutil.rmtree(staging)
    return store.folder(entry)


def _fetched(entry: Weights, file: WeightsFile, sources: dict[str, Source], staging: Path) -> Path:
    """The file from the first source that has it; one that does not answer is struck off the list."""
    refused = []
    for name, source in list(sources.items()):
        try:
            return source(file, staging)
        except SourceFailed as error:
            refused.append(f"{name}: {error}")
            if isinstance(error, SourceAway):
                del sources[name]
    raise CliError(f"{entry.name}/{file.path} is not to be had. " + "; ".join(refused))


@contextmanager
def _progress(console: Console, entry: Weights, staging: Path) -> Iterator[None]:
    """A bar over the bytes in the staging folder, whoever writes them there."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    ended = threading.Event()
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(entry.name, total=entry.size)

        def watch() -> None:
            while not ended.wait(LOOK_S):
                bar.update(task, completed=_bytes_below(staging))

        watching = threading.Thread(target=watch, daemon=True)
        watching.start()
        try:
            yield
        finally:
            ended.set()
            watching.join()


def _bytes_below(folder: Path) -> int:
    """Bytes of all files; what is moved or removed meanwhile does not count."""
    total = 0
    for inside, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += (Path(inside) / name).stat().st_size
    return total
