"""`auricle watch-folder`: what an exchange records is sent as soon as it is whole."""

import time
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from auricle_cli import showing
from auricle_cli.errors import CliError, NotAllSubmitted, Unreachable
from auricle_cli.folders.sent_files import SentFiles
from auricle_cli.folders.sidecars import CallRecords
from auricle_cli.folders.watcher import STATE, Round, Say, Watched, Watcher
from auricle_cli.options import DEFAULT_URL, Key, Url, open_gateway


def watch_folder(
    folder: Annotated[
        Path, typer.Argument(help="Where the exchange writes its recordings; folders in it are watched too.")
    ],
    cdr: Annotated[
        list[Path] | None, typer.Option(help="A CDR in CSV (Master.csv, an export); may be given again.")
    ] = None,
    source: Annotated[str, typer.Option(help="What these calls are listed under.")] = "folder",
    line: Annotated[str, typer.Option(help="The line of calls of which nothing says one.")] = "",
    timezone: Annotated[str, typer.Option(help="Zone of times without one, for example Europe/Moscow.")] = "UTC",
    settle: Annotated[float, typer.Option(min=0, help="Seconds without a change after which a file is whole.")] = 10.0,
    every: Annotated[float, typer.Option(min=0.1, help="Seconds between two looks.")] = 5.0,
    once: Annotated[bool, typer.Option("--once", help="Look once and end: for cron.")] = False,
    state: Annotated[
        Path | None, typer.Option(help=f"Where it is kept what was sent; by default {STATE} in the folder.")
    ] = None,
    url: Url = DEFAULT_URL,
    key: Key = "",
) -> None:
    """Send each recording once it is whole; what comes later beside it (NAME.json, .csv, .xml, the CDR) is added. Ctrl-C ends it."""
    if not folder.is_dir():
        raise CliError(f"there is no folder {folder}")
    watched = Watched(folder, source, _zone(timezone), settle, line or None)
    console = showing.console(as_json=False)
    sent = SentFiles.open(state or folder / STATE)

    def say(words: str) -> None:
        console.print(words, markup=False)

    try:
        with open_gateway(url, key) as gateway:
            watcher = Watcher(watched, gateway, sent, CallRecords(cdr or (), watched.zone), say)
            if once:
                _report(watcher.look())
            while not once:
                _patient(watcher, say)
                time.sleep(every)
    finally:
        sent.close()


def _patient(watcher: Watcher, say: Say) -> None:
    try:
        watcher.look()
    except Unreachable as error:  # nothing is lost: what was not sent is sent at a later look
        say(f"waiting: {error}")


def _report(done: Round) -> None:
    if done.refused:
        raise NotAllSubmitted(f"{done.refused} of {done.refused + done.sent} were not sent")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise CliError(f"{name} is no time zone, for example Europe/Moscow") from None
