"""`auricle artefacts`: what decides how conversations are judged: list, read, compare, write, promote, go back."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from auricle_contracts.artefacts import ArtefactKind, ArtefactState

from auricle_cli import showing
from auricle_cli.artefacts import canaries, dry_runs, references, tables
from auricle_cli.errors import CliError
from auricle_cli.options import DEFAULT_URL, Json, Key, Url, open_gateway, print_json

app = typer.Typer(
    no_args_is_help=True,
    help="Scorecards, error classes, prompts and flows: versions, what is live, promote, roll back.",
)
Reference = Annotated[str, typer.Argument(help="KIND/NAME (what is live), KIND/NAME@HASH, or an id.")]
Reason = Annotated[str, typer.Option(help="Why; kept for good beside who did it.")]
Evidence = Annotated[Path | None, typer.Option(help="JSON file with what shows that it is right: figures, gate runs.")]


@app.command("list")
def list_artefacts(
    kind: Annotated[ArtefactKind | None, typer.Option(help="Of this kind only.")] = None,
    state: Annotated[
        ArtefactState, typer.Option(help="What is live, or versions of another state.")
    ] = ArtefactState.LIVE,
    search: Annotated[str, typer.Option(help="A part of the name or of the note.")] = "",
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """What decides now; with --state draft or candidate what waits."""
    query = {"state": state.value} | ({"kind": kind.value} if kind else {}) | ({"search": search} if search else {})
    with open_gateway(url, key) as gateway:
        found = list(gateway.pages("/v1/artefacts", query))
    if as_json:
        print_json(found)
    else:
        showing.console(as_json=False).print(tables.versions_table(found, f"Artefacts: {state.value}"))


@app.command("show")
def show_artefact(
    reference: Reference,
    text: Annotated[bool, typer.Option("--text", help="Nothing but the text, to be edited and added again.")] = False,
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """One version with its text."""
    with open_gateway(url, key) as gateway:
        found = references.find(gateway, reference)
        version = gateway.call("GET", f"/v1/artefacts/{found.version['id']}")
    if as_json:
        print_json(version)
        return
    if not text:
        showing.console(as_json=False).print(tables.history_table([version]))
    print(version["text"], end="")


@app.command("history")
def show_history(reference: Reference, url: Url = DEFAULT_URL, key: Key = "", as_json: Json = False) -> None:
    """Each version with figures, classes and note; who made which live, when, why, on what evidence."""
    with open_gateway(url, key) as gateway:
        found = references.find(gateway, reference)
    if as_json:
        print_json({"versions": found.versions, "promotions": found.promotions})
        return
    console = showing.console(as_json=False)
    console.print(tables.history_table(found.versions))
    console.print(tables.promotions_table(found.promotions))


@app.command("diff")
def show_diff(
    reference: Reference,
    against: Annotated[str, typer.Argument(help="Another version of the same name; without one, what is live.")] = "",
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """What a version changes, line by line."""
    with open_gateway(url, key) as gateway:
        wanted = references.find(gateway, reference).version["id"]
        params = {"against": references.find(gateway, against).version["id"]} if against else {}
        told = gateway.call("GET", f"/v1/artefacts/{wanted}/diff", params=params)
    if as_json:
        print_json(told)
    else:
        print(told["text"] or "nothing differs\n", end="")


@app.command("add")
def add_version(
    kind: ArtefactKind,
    document: Annotated[Path, typer.Argument(help="YAML, as `show --text` gives it.")],
    candidate: Annotated[bool, typer.Option("--candidate", help="Meant for promotion, no draft.")] = False,
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """Keep a version; nothing is judged by it before it is promoted."""
    state = ArtefactState.CANDIDATE if candidate else ArtefactState.DRAFT
    body = {"kind": kind.value, "text": _read(document), "state": state.value}
    with open_gateway(url, key) as gateway:
        added = gateway.call("POST", "/v1/artefacts", json=body)
    if as_json:
        print_json(added)
    else:
        print(f"{added['kind']}/{added['name']}@{added['hash']}  {added['state']}")


@app.command("figures")
def set_figures(
    reference: Reference,
    measured: Annotated[Path, typer.Argument(help="JSON file: what was measured of this version.")],
    url: Url = DEFAULT_URL,
    key: Key = "",
) -> None:
    """Keep what was measured of a version, in the place of earlier figures."""
    with open_gateway(url, key) as gateway:
        found = references.find(gateway, reference).version
        gateway.call("PATCH", f"/v1/artefacts/{found['id']}", json={"figures": _json_object(measured)})


@app.command("dry-run")
def dry_run(
    reference: Reference,
    conversations: Annotated[
        int, typer.Option("--conversations", "-n", min=1, max=200, help="The newest so many.")
    ] = 50,
    channel: Annotated[str, typer.Option(help="Of this channel only; a class is tried on its own.")] = "",
    line: Annotated[str, typer.Option(help="Of this line only.")] = "",
    since: Annotated[str, typer.Option(help="From this moment on (ISO 8601): a period that is over.")] = "",
    until: Annotated[str, typer.Option(help="Before this moment.")] = "",
    random: Annotated[bool, typer.Option("--random", help="By lot instead of the newest.")] = False,
    budget: Annotated[int, typer.Option(min=0, help="Tokens; nothing is started that would use more. 0: any.")] = 0,
    estimate: Annotated[bool, typer.Option("--estimate", help="Only tell what it would use.")] = False,
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """Try a version on past conversations, behind all live work and without effect, and tell what it would change."""
    given = {"channel": channel, "line": line, "since": since, "until": until, "budget_tokens": budget}
    wanted: dict[str, Any] = {"conversations": conversations, "drawn": "random" if random else "newest"}
    wanted |= {name: value for name, value in given.items() if value}
    console = showing.console(as_json=as_json)
    with open_gateway(url, key) as gateway, console.status("waiting") as status:
        version = references.find(gateway, reference).version
        found = gateway.call("POST", f"/v1/artefacts/{version['id']}/dry-run-estimates", json=wanted)
        if estimate:
            print_json(found) if as_json else print(dry_runs.estimated(found))
            return
        if not as_json:
            console.print(dry_runs.estimated(found))
        report = dry_runs.run(
            gateway, version["id"], wanted, lambda one: status.update(f"{one['judged'] + one['failed']} of {one['of']}")
        )
    if as_json:
        print_json(report)
        return
    print(dry_runs.summary(report))
    console.print(dry_runs.table(report))


@app.command("shadow")
def shadow(
    reference: Reference,
    share: Annotated[int | None, typer.Option(min=1, max=100, help="Per cent of new conversations; starts it.")] = None,
    per_day: Annotated[int, typer.Option(min=1, max=500, help="At most so many conversations a day (UTC).")] = 50,
    seconds_per_day: Annotated[
        float | None, typer.Option(min=0.001, help="No more on a day whose runs used so many seconds.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=30, help="For so long.")] = 7,
    end: Annotated[bool, typer.Option("--end", help="It takes up nothing more.")] = False,
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """A version judges new conversations beside what is live, without effect: start it, end it; without options what it would change."""
    wanted = {"share": share, "conversations_per_day": per_day, "seconds_per_day": seconds_per_day, "days": days}
    with open_gateway(url, key) as gateway:
        version = references.find(gateway, reference).version
        report = dry_runs.shadow(gateway, version["id"], wanted if share is not None else None, end=end)
    if as_json:
        print_json(report)
        return
    print(dry_runs.summary(report))
    showing.console(as_json=False).print(dry_runs.table(report))


@app.command("canary")
def canary(
    reference: Reference,
    share: Annotated[
        int | None, typer.Option(min=0, max=50, help="Per cent of new conversations; starts it or changes it.")
    ] = None,
    end: Annotated[bool, typer.Option("--end", help="What comes in is judged by what is live again.")] = False,
    reason: Annotated[str, typer.Option(help="Why; kept beside who did it.")] = "",
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """A version on a share of live traffic: start it, change its share, end it; without options what differs."""
    if (share is not None or end) and len(reason.strip()) < 3:
        raise CliError("say why: --reason")
    with open_gateway(url, key) as gateway:
        version = references.find(gateway, reference).version
        report = canaries.act(gateway, version["id"], share=share, end=end, reason=reason)
    if as_json:
        print_json(report)
        return
    console = showing.console(as_json=False)
    print(canaries.summary(report))
    console.print(canaries.table(report))


@app.command("promote")
def promote_version(
    reference: Reference,
    reason: Reason,
    evidence: Evidence = None,
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """Make a version live: what comes in from now on is judged by it. Shows what the gate said of it (`auricle gate`)."""
    with open_gateway(url, key) as gateway:
        found = references.find(gateway, reference)
        if not as_json:
            print(tables.gate(found.version))
        body = {"reason": reason, "evidence": _json_object(evidence) if evidence else {}}
        body |= {"expected": found.live["id"]} if found.live else {}
        moved = gateway.call("POST", f"/v1/artefacts/{found.version['id']}/promote", json=body)
    _tell(moved, found.version, as_json=as_json)


@app.command("rollback")
def roll_back_version(
    reference: Reference,
    reason: Reason,
    shipped: Annotated[bool, typer.Option("--shipped", help="Back to what the release brought.")] = False,
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """Take the live version of a name back: what was live before it is live again, from the next run on."""
    with open_gateway(url, key) as gateway:
        found = references.find(gateway, reference)
        body = {"reason": reason, "to": "shipped" if shipped else "before"}
        moved = gateway.call("POST", f"/v1/artefacts/{found.version['id']}/rollback", json=body)
    _tell(moved, found.version, as_json=as_json)


def _tell(moved: dict[str, Any], version: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(moved)
        return
    print(f"{version['kind']}/{version['name']}: {tables.place(moved, 'from')} → {tables.place(moved, 'to')}")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CliError(f"{path} cannot be read: {error}") from None


def _json_object(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(_read(path))
    except ValueError as error:
        raise CliError(f"{path} is not JSON: {error}") from None
    if not isinstance(told, dict):
        raise CliError(f"{path} must hold a JSON object")
    return told
