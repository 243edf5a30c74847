"""The commands. Exit codes: 0 done, 1 failed, 2 refused by the gateway, 3 nobody answers, 4 some conversations are dead,
5 some files were not submitted, 6 a gate refuses the candidate, 7 too few golden items to tell.
"""

import os
import signal
import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from auricle_contracts import MemberRole
from rich.console import Console

from auricle_cli import demo as demonstration
from auricle_cli import samples, showing
from auricle_cli.artefacts import commands as artefacts
from auricle_cli.commands import alerts, bench, dead, golden, knowledge, labels, people, report, vocabulary
from auricle_cli.commands.fairness import drift, fairness
from auricle_cli.commands.parity import parity
from auricle_cli.commands.search import search
from auricle_cli.errors import CliError, NotAllDone, NotAllSubmitted, Refused
from auricle_cli.folders import commands as folders
from auricle_cli.gates import commands as gates
from auricle_cli.gateway import Gateway
from auricle_cli.judges import commands as judges
from auricle_cli.mail import commands as mail
from auricle_cli.mail.sending import send
from auricle_cli.options import DEFAULT_URL, Json, Key, Url, open_gateway, print_json, root
from auricle_cli.samples import Skipped, Submission
from auricle_cli.stack import leftovers
from auricle_cli.stack.local_stack import LocalStack, StackFailed
from auricle_cli.thresholds import commands as thresholds
from auricle_cli.training import commands as training
from auricle_cli.watching import Watch, follow
from auricle_cli.weights import commands as weights

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Auricle: every conversation heard, scored with evidence, open to contest.",
)
app.add_typer(dead.app, name="dead")
app.add_typer(alerts.app, name="alerts")
app.add_typer(labels.app, name="labels")
app.add_typer(bench.app, name="bench")
app.add_typer(weights.app, name="weights")
app.add_typer(mail.app, name="mail")
app.add_typer(people.app, name="people")
app.add_typer(artefacts.app, name="artefacts")
app.add_typer(knowledge.app, name="knowledge")
app.add_typer(vocabulary.app, name="vocabulary")
app.add_typer(golden.app, name="golden")
app.add_typer(training.app, name="train")
app.add_typer(judges.app, name="judge")
app.add_typer(thresholds.app, name="thresholds")
app.add_typer(report.app, name="report")
app.command("watch-folder")(folders.watch_folder)
app.command()(search)
app.command()(fairness)
app.command()(parity)
app.command()(drift)
app.command("gate")(gates.run_gate)

MBOX = ".mbox"


@app.command()
def demo() -> None:
    """Run the whole product on the shipped recordings, show the reports, stop."""
    console = showing.console(as_json=False)
    demonstration.run(root(), weights.for_speech(root(), console), weights.for_judge(root(), console))


@app.command()
def up() -> None:
    """Start the whole stack on this machine and keep it until Ctrl-C."""
    console = showing.console(as_json=False)
    state = root() / ".auricle" / "up"
    running = leftovers.living(state)
    if running:
        console.print(
            f"It is up already: page {running['console']}, gateway {running['gateway']}, key {running['key']}"
        )
        return
    heard_by, judged_by = weights.for_speech(root(), console), weights.for_judge(root(), console)
    stopping: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, _frame: stopping.append(received))
    settings = {**heard_by.settings, **judged_by.settings}
    with LocalStack(root(), state, console.print, settings=settings) as stack:
        console.print(
            f"\nReview page  {stack.plan.url('console')}\nGateway      {stack.plan.url('gateway')}\nKey          {stack.key}"
        )
        _first_admin(stack, console)
        console.print("Ctrl-C stops it; what it holds stays in .auricle/up.")
        while not stopping:
            time.sleep(0.2)
        console.print("stopping…")


def _first_admin(stack: LocalStack, console: Console) -> None:
    """AURICLE_FIRST_ADMIN=you@example.com makes that person an admin, once, and shows the link that sets the password."""
    email = os.environ.get("AURICLE_FIRST_ADMIN", "").strip().casefold()
    if not email:
        return
    with Gateway(stack.plan.url("gateway"), stack.key) as gateway:
        if any(one["email"] == email for one in gateway.people({"search": email})):
            return
        person = gateway.add_person({"email": email, "name": email, "roles": [MemberRole.ADMIN]})
        link = gateway.password_link(person["id"])
    console.print(
        f"Admin        {email}, sets a password at {link['url'] or link['token']}", markup=False, soft_wrap=True
    )


@app.command()
def submit(
    paths: Annotated[
        list[Path], typer.Argument(help="Recordings, letters, mbox files, JSON files of turns, or folders.")
    ],
    url: Url = DEFAULT_URL,
    key: Key = "",
    wait: Annotated[bool, typer.Option(help="Follow them until their reports are there.")] = True,
    as_json: Json = False,
) -> None:
    """Post recordings, chats and e-mails; metadata comes from NAME.json beside a recording. A bad file stops no other."""
    console = showing.console(as_json=as_json)
    with open_gateway(url, key) as gateway:
        names: dict[str, str] = {}
        boxes = [path for path in paths if path.suffix.lower() == MBOX]
        others = [path for path in paths if path not in boxes]
        faults = sum(not _submitted(gateway, console, found, names) for found in samples.find(others))
        faults += sum(_submitted_box(gateway, console, box, names) for box in boxes)
        if wait and names:
            _watch(gateway, names, as_json=as_json)
        elif as_json:
            print_json(names)
        if faults:
            raise NotAllSubmitted(f"{faults} of {faults + len(names)} were not submitted")


def _submitted_box(gateway: Gateway, console: Console, box: Path, names: dict[str, str]) -> int:
    """How many threads of a box were refused."""

    def say(words: str) -> None:
        console.print(words, markup=False)

    done = send(gateway, mail.letters_of(box, say), "mail", (), say)
    names |= done.names
    return done.refused


def _submitted(gateway: Gateway, console: Console, found: Submission | Skipped, names: dict[str, str]) -> bool:
    """False for what was meant to be submitted and was not; each file is named with what became of it."""
    if isinstance(found, Skipped):
        console.print(f"{'not submitted' if found.is_fault else 'skipped'}: {found.path}: {found.why}", markup=False)
        return not found.is_fault
    try:
        view = found.post(gateway)
    except Refused as error:
        console.print(f"not submitted: {found.name}: {error}", markup=False)
        return False
    names[view.id] = found.name
    console.print(f"{found.name} → {view.id}", markup=False)
    return True


@app.command()
def watch(
    ids: Annotated[list[str] | None, typer.Argument(help="Conversations; by default all that have not ended.")] = None,
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """Follow conversations until each has ended."""
    with open_gateway(url, key) as gateway:
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
    follow(watching, console, idle_seconds=24 * 3600)
    reports = [(view, gateway.report(view.id) if view.progress == "done" else None) for view in watching.views.values()]
    if as_json:
        print_json([{"conversation": view, "report": report} for view, report in reports])
    else:
        console.print(showing.reports_table(reports))
    if watching.dead:
        raise NotAllDone(f"{len(watching.dead)} of {len(names)} are dead; `auricle dead list` tells why")


@app.command()
def show(conversation_id: str, url: Url = DEFAULT_URL, key: Key = "", as_json: Json = False) -> None:
    """One conversation: scores, quotes, what was cut, what it cost."""
    with open_gateway(url, key) as gateway:
        view = gateway.conversation(conversation_id)
        report = gateway.report(conversation_id)
        if as_json:
            print_json(report)
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
    with open_gateway(url, key) as gateway:
        size = gateway.export(file_format, target, {"since": since} if since else {})
    showing.console(as_json=False).print(f"{target}: {size} bytes")


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
    except StackFailed as error:
        print(f"auricle: {error}", file=sys.stderr)
        sys.exit(1)
