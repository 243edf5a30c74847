"""The commands. Exit codes: 0 done, 1 failed, 2 refused by the gateway, 3 nobody answers, 4 some conversations are dead."""

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel

from auricle_cli import benches, samples, showing
from auricle_cli import demo as demonstration
from auricle_cli.errors import CliError, NotAllDone
from auricle_cli.gateway import Gateway
from auricle_cli.house import leftovers
from auricle_cli.house.house import House, HouseFailed
from auricle_cli.watching import Watch, follow

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Auricle: every conversation heard, scored with evidence, open to contest.",
)
dead_app = typer.Typer(no_args_is_help=True, help="Runs that were given up: list, read, resend.")
app.add_typer(dead_app, name="dead")
labels_app = typer.Typer(no_args_is_help=True, help="What people say about answers: bring an edited sheet back, list.")
app.add_typer(labels_app, name="labels")
bench_app = typer.Typer(no_args_is_help=True, help="Measure; the tables go to docs/evidence.")
app.add_typer(bench_app, name="bench")

Url = Annotated[str, typer.Option("--url", envvar="AURICLE_GATEWAY_URL", help="Where the gateway answers.")]
Key = Annotated[
    str, typer.Option("--key", envvar="AURICLE_API_KEY", help="API key; by default the one of a running `auricle up`.")
]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output on standard output.")]
DEFAULT_URL = ""


def root() -> Path:
    """The repository: where prompts/, models/ and the samples are."""
    return Path(os.environ.get("AURICLE_ROOT", ".")).resolve()


def _gateway(url: str, key: str) -> Gateway:
    """What was given, else what a running `auricle up` wrote down."""
    facts = leftovers.living(root() / ".auricle" / "up") or {}
    return Gateway(url or facts.get("gateway", "http://127.0.0.1:8080"), key or facts.get("key", ""))


def _print_json(value: Any) -> None:
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    print(json.dumps(value, ensure_ascii=False, indent=2, default=lambda one: one.model_dump(mode="json")))


@app.command()
def demo() -> None:
    """Run the whole product on the shipped recordings, show the reports, stop."""
    demonstration.run(root())


@app.command()
def up() -> None:
    """Start the whole house on this machine and keep it until Ctrl-C."""
    console = showing.console(as_json=False)
    state = root() / ".auricle" / "up"
    running = leftovers.living(state)
    if running:
        console.print(
            f"It is up already: page {running['console']}, gateway {running['gateway']}, key {running['key']}"
        )
        return
    stopping: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, _frame: stopping.append(received))
    with House(root(), state, console.print) as house:
        console.print(
            f"\nReview page  {house.plan.url('console')}\nGateway      {house.plan.url('gateway')}\nKey          {house.key}"
        )
        console.print("Ctrl-C stops it; what it holds stays in .auricle/up.")
        while not stopping:
            time.sleep(0.2)
        console.print("stopping…")


@app.command()
def submit(
    paths: Annotated[list[Path], typer.Argument(help="Recordings, JSON files of turns, or folders of them.")],
    url: Url = DEFAULT_URL,
    key: Key = "",
    wait: Annotated[bool, typer.Option(help="Follow them until their reports are there.")] = True,
    as_json: Json = False,
) -> None:
    """Post recordings, chats and e-mails; metadata comes from NAME.json beside a recording."""
    console = showing.console(as_json=as_json)
    with _gateway(url, key) as gateway:
        names = {}
        for submission in samples.find(paths):
            view = submission.post(gateway)
            names[view.id] = submission.name
            console.print(f"{submission.name} → {view.id}")
        if wait:
            _watch(gateway, names, as_json=as_json)
        elif as_json:
            _print_json(names)


@app.command()
def watch(
    ids: Annotated[list[str] | None, typer.Argument(help="Conversations; by default all that have not ended.")] = None,
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """Follow conversations until each has ended."""
    with _gateway(url, key) as gateway:
        views = [gateway.conversation(one) for one in ids] if ids else list(gateway.conversations())
        names = {
            view.id: view.external_id or view.id
            for view in views
            if ids or view.progress not in ("done", "dead", "deleted")
        }
        _watch(gateway, names, as_json=as_json)


def _watch(gateway: Gateway, names: dict[str, str], *, as_json: bool) -> None:
    console = showing.console(as_json=as_json)
    watching = Watch(gateway, names)
    follow(watching, console, timeout_seconds=24 * 3600)
    reports = [(view, gateway.report(view.id) if view.progress == "done" else None) for view in watching.views.values()]
    if as_json:
        _print_json([{"conversation": view, "report": report} for view, report in reports])
    else:
        console.print(showing.reports_table(reports))
    if watching.dead:
        raise NotAllDone(f"{len(watching.dead)} of {len(names)} are dead; `auricle dead list` tells why")


@app.command()
def show(conversation_id: str, url: Url = DEFAULT_URL, key: Key = "", as_json: Json = False) -> None:
    """One conversation: scores, quotes, what was cut, what it cost."""
    with _gateway(url, key) as gateway:
        view = gateway.conversation(conversation_id)
        report = gateway.report(conversation_id)
        if as_json:
            _print_json(report)
            return
        showing.console(as_json=False).print(showing.full_report(view, report, gateway.transcript(conversation_id)))


@app.command()
def export(
    target: Annotated[Path, typer.Argument(help="Where to write; the ending names the format: .xlsx, .csv, .parquet.")],
    since: Annotated[str, typer.Option(help="Only conversations created since then (ISO 8601).")] = "",
    url: Url = DEFAULT_URL,
    key: Key = "",
) -> None:
    """Write the reports as a sheet in the analysts' layout."""
    file_format = target.suffix.removeprefix(".")
    if file_format not in ("xlsx", "csv", "parquet"):
        raise CliError(f"{target} should end in .xlsx, .csv or .parquet")
    with _gateway(url, key) as gateway:
        size = gateway.export(file_format, target, {"since": since} if since else {})
    showing.console(as_json=False).print(f"{target}: {size} bytes")


@dead_app.command("list")
def dead_list(url: Url = DEFAULT_URL, key: Key = "", as_json: Json = False) -> None:
    """Every dead run with its reason."""
    with _gateway(url, key) as gateway:
        runs = gateway.dead()
    if as_json:
        _print_json(runs)
    else:
        showing.console(as_json=False).print(showing.dead_table(runs))


@dead_app.command("show")
def dead_show(run_id: str, url: Url = DEFAULT_URL, key: Key = "") -> None:
    """One run, whole."""
    with _gateway(url, key) as gateway:
        _print_json(gateway.run(run_id))


@dead_app.command("resend")
def dead_resend(run_id: str, url: Url = DEFAULT_URL, key: Key = "") -> None:
    """Try a dead run again, with its attempts counted from zero."""
    with _gateway(url, key) as gateway:
        _print_json(gateway.resend(run_id))


@bench_app.command("compression")
def bench_compression(
    dialogues: Annotated[int, typer.Option(help="Held-out dialogues that are scored uncut and at each level.")] = 200,
) -> None:
    """Planted facts beside other ways of shortening, and what each level costs the judge. Goes on where it was broken off."""
    benches.run(root(), "test_compression.py", {"AURICLE_BENCH_DIALOGUES": str(dialogues)})


@labels_app.command("import")
def labels_import(
    sheet: Annotated[Path, typer.Argument(help="The .xlsx of `auricle export`, edited in its brown columns.")],
    author: Annotated[str, typer.Option(help="Who judged; by default the key.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would come of it, and write nothing.")] = False,
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """Bring an edited sheet back: its edits become labels, sent twice they double nothing."""
    query = ({"author": author} if author else {}) | ({"dry_run": "true"} if dry_run else {})
    with _gateway(url, key) as gateway:
        reply = gateway.import_labels(sheet, query)
    if as_json:
        _print_json(reply)
    else:
        showing.console(as_json=False).print(showing.labels_report(reply))


@labels_app.command("list")
def labels_list(
    conversation: Annotated[str, typer.Option(help="Only of this conversation.")] = "",
    author: Annotated[str, typer.Option(help="Only of this person.")] = "",
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """The newest labels."""
    chosen = {"conversation_id": conversation, "author": author}
    with _gateway(url, key) as gateway:
        found = gateway.labels({name: value for name, value in chosen.items() if value})
    if as_json:
        _print_json(found)
    else:
        showing.console(as_json=False).print(showing.labels_table(found))


def main() -> None:
    """Run a command; a failure is one readable line and an exit code."""
    try:
        app()
    except CliError as error:
        print(f"auricle: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("auricle: ended before it was done", file=sys.stderr)
        sys.exit(130)
    except HouseFailed as error:
        print(f"auricle: {error}", file=sys.stderr)
        sys.exit(1)
