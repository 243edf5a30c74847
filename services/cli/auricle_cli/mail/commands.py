"""`auricle mail`: letters of an mbox file or of an IMAP box as conversations, a thread each."""

import imaplib
import mailbox
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from auricle_cli import showing
from auricle_cli.errors import CliError, NotAllSubmitted, Unreachable
from auricle_cli.mail import letters
from auricle_cli.mail.letters import Letter, NoLetter
from auricle_cli.mail.sending import Sent, send
from auricle_cli.options import DEFAULT_URL, Key, Url, open_gateway

app = typer.Typer(
    no_args_is_help=True, help="Mail as conversations: an mbox file, or a box that is looked at again and again."
)
Ours = Annotated[list[str] | None, typer.Option("--ours", help="Our address or domain; may be given again.")]
Source = Annotated[str, typer.Option(help="What these conversations are listed under.")]
IMAP_SECONDS = 60


def _say(words: str) -> None:
    showing.console(as_json=False).print(words, markup=False)


@app.command("mbox")
def read_mbox(
    box: Annotated[Path, typer.Argument(help="An mbox file, as mail programs and takeouts write it.")],
    ours: Ours = None,
    source: Source = "mail",
    url: Url = DEFAULT_URL,
    key: Key = "",
) -> None:
    """Send each thread of a file as one conversation, and each recording that is attached as a call."""
    with open_gateway(url, key) as gateway:
        _end(send(gateway, letters_of(box, _say), source, ours or (), _say))


def letters_of(box: Path, say: Callable[[str], None]) -> list[Letter]:
    """All letters of an mbox file; one that cannot be read is told. Raises CliError where there is no file."""
    if not box.is_file():
        raise CliError(f"there is no file {box}")
    with closing(mailbox.mbox(box, create=False)) as opened:
        return list(_read((bytes(message) for message in opened), say))


@app.command("imap")
def poll_imap(
    host: Annotated[str, typer.Argument(help="The IMAP server, host or host:port.")],
    user: Annotated[str, typer.Option(help="Whose box.")],
    password: Annotated[
        str, typer.Option(envvar="AURICLE_IMAP_PASSWORD", help="By AURICLE_IMAP_PASSWORD, not in the command line.")
    ],
    box: Annotated[
        list[str] | None, typer.Option(help="Boxes that are read; with the one of sent letters threads are whole.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, help="How far back letters are read, so that threads are whole.")] = 30,
    every: Annotated[float, typer.Option(min=1, help="Seconds between two looks.")] = 60.0,
    once: Annotated[bool, typer.Option("--once", help="Look once and end: for cron.")] = False,
    plain: Annotated[bool, typer.Option("--plain", help="Without TLS: for a server on this machine.")] = False,
    ours: Ours = None,
    source: Source = "mail",
    url: Url = DEFAULT_URL,
    key: Key = "",
) -> None:
    """Read boxes again and again; letters are left as they are. The gateway knows what was sent: nothing is sent twice."""
    boxes = box or ["INBOX"]
    seen: frozenset[str] = frozenset()
    with open_gateway(url, key) as gateway:
        while True:
            try:
                found = list(_read(_fetched(host, user, password, boxes, days, plain=plain), _say))
                if frozenset(letter.id for letter in found) != seen:
                    done = send(gateway, found, source, ours or (), _say)
                    seen = frozenset(letter.id for letter in found)
                    if once:
                        _end(done)
            except (OSError, imaplib.IMAP4.error, Unreachable) as error:
                if once:
                    raise CliError(f"{host} or the gateway does not answer: {error}") from None
                _say(f"waiting: {error}")
            if once:
                return
            time.sleep(every)


def _fetched(host: str, user: str, password: str, boxes: list[str], days: int, *, plain: bool) -> Iterator[bytes]:
    name, _, port = host.partition(":")
    opened = imaplib.IMAP4 if plain else imaplib.IMAP4_SSL
    since = time.strftime("%d-%b-%Y", time.gmtime(time.time() - days * 86400))
    with opened(name, int(port or (143 if plain else 993)), timeout=IMAP_SECONDS) as server:
        server.login(user, password)
        for box in boxes:
            state, _ = server.select(f'"{box}"', readonly=True)
            if state != "OK":
                raise CliError(f"{host} has no box {box}")
            _, (listed, *_) = server.uid("SEARCH", "SINCE", since)
            for number in (listed or b"").split():
                _, parts = server.uid("FETCH", number.decode(), "(BODY.PEEK[])")
                yield from (part[1] for part in parts if isinstance(part, tuple))


def _read(raw: Iterator[bytes], say: Callable[[str], None]) -> Iterator[Letter]:
    for number, one in enumerate(raw, 1):
        try:
            yield letters.read(one)
        except NoLetter as error:
            say(f"not read: letter {number}: {error}")


def _end(done: Sent) -> None:
    if done.refused:
        raise NotAllSubmitted(f"{done.refused} of {done.refused + len(done.names)} were not sent")
