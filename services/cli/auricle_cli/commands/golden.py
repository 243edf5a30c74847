"""`auricle golden`: the golden set that candidates are measured on."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from auricle_contracts.golden import GoldenSplit
from rich.table import Table

from auricle_cli import showing
from auricle_cli.commands import golden_gaps
from auricle_cli.errors import CliError, NotAllSubmitted
from auricle_cli.options import DEFAULT_URL, Json, Key, Url, open_gateway, print_json

app = typer.Typer(no_args_is_help=True, help="Golden items: consent, list, add, settle, import, export, quotas.")
JSONL = "application/x-ndjson"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Subject = Annotated[str, typer.Option(help="Only of this error class or criterion.")]
Split = Annotated[GoldenSplit | None, typer.Option(help="Only of this split.")]
Item = Annotated[str, typer.Argument(help="The item's id.")]


@app.command("consent")
def give_consent(
    quota: Annotated[
        int | None, typer.Option(help="Labels wanted of each class and channel, with the error and without.")
    ] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="From now on nothing is added.")] = False,
    require_gate: Annotated[
        bool | None,
        typer.Option("--require-gate/--no-require-gate", help="Versions become live only once they passed their gate."),
    ] = None,
    url: Url = DEFAULT_URL,
    key: Key = "",
) -> None:
    """Let masked copies of dialogues be kept apart from retention, in this workspace; what is not said stays as it was."""
    with open_gateway(url, key) as gateway:
        known = gateway.call("GET", "/v1/golden-settings")
        chosen = {"consent": not withdraw, "quota": quota or known["quota"]}
        chosen["gate_required"] = known["gate_required"] if require_gate is None else require_gate
        gateway.call("PUT", "/v1/golden-settings", json=chosen)


@app.command("list")
def list_items(
    subject: Subject = "",
    split: Split = None,
    status: Annotated[str, typer.Option(help="proposed, golden or withdrawn: items with such a label.")] = "",
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """Items, the newest first."""
    with open_gateway(url, key) as gateway:
        found = list(gateway.pages("/v1/golden-items", _query(subject=subject, split=split, status=status)))
    if as_json:
        print_json(found)
    else:
        showing.console(as_json=False).print(items_table(found))


@app.command("add")
def add_item(
    conversation: Annotated[str, typer.Argument(help="The conversation's id.")],
    whole: Annotated[
        bool, typer.Option("--whole", help="All of it was gone through: what nobody touched is right too.")
    ] = False,
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """A masked copy of a reviewed conversation."""
    with open_gateway(url, key) as gateway:
        body = {"conversation_id": conversation, "whole": whole}
        added = gateway.call("POST", "/v1/golden-items", json=body)
    if as_json:
        print_json(added)
        return
    print(f"{added['id']}  {added['status']}: {added['labels']} labels, {added['same']} were there")
    _tell_contested([added["contested"]])


@app.command("settle")
def settle_item(
    item: Item,
    labels: Annotated[list[str] | None, typer.Argument(help="Ids of labels; without one all proposals.")] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take them back in place of accepting them.")] = False,
    url: Url = DEFAULT_URL,
    key: Key = "",
) -> None:
    """Accept what is proposed, or withdraw labels."""
    body = {"status": "withdrawn" if withdraw else "golden", "labels": labels or []}
    with open_gateway(url, key) as gateway:
        settled = gateway.call("POST", f"/v1/golden-items/{item}/settle", json=body)
    _tell_contested([settled["contested"]])


@app.command("import")
def import_items(
    path: Annotated[Path, typer.Argument(help="JSONL, a dialogue a line, or an .xlsx with --map.")],
    columns: Annotated[Path | None, typer.Option("--map", help="YAML: which column of the .xlsx holds what.")] = None,
    proposed: Annotated[
        bool, typer.Option("--proposed", help="A jury's labels: proposals until somebody settles them.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would come of it, and write nothing.")] = False,
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """Bring items; sent twice they double nothing. Exit code 5 where lines were refused."""
    is_sheet = path.suffix.lower() == ".xlsx"
    params = {"dry_run": str(dry_run).lower(), "proposed": str(proposed).lower()} | (
        {"columns": json.dumps(_columns(columns))} if is_sheet else {}
    )
    sent = {"content": _bytes_of(path), "headers": {"Content-Type": EXCEL if is_sheet else JSONL}}
    with open_gateway(url, key) as gateway:
        told = gateway.call("POST", "/v1/golden-imports", params=params, **sent)
    if as_json:
        print_json(told)
    else:
        print(
            f"{told['read']} read: {told['added']} added, {told['present']} were there; {told['labels']} labels,"
            f" {told['same']} were there"
        )
        for one in told["refused_lines"]:
            print(f"line {one['line']}: {one['why']}")
        _tell_contested([one["subjects"] for one in told["contested"]])
    if told["refused"]:
        raise NotAllSubmitted(f"{told['refused']} lines were refused")


@app.command("export")
def export_items(
    path: Annotated[Path, typer.Argument(help="Where the JSONL is written.")],
    subject: Subject = "",
    split: Split = None,
    url: Url = DEFAULT_URL,
    key: Key = "",
) -> None:
    """Items with the labels that count, a dialogue a line."""
    with open_gateway(url, key) as gateway:
        size = gateway.download("/v1/golden-export", path, _query(subject=subject, split=split))
    print(f"{path}: {size} bytes")


@app.command("quotas")
def show_quotas(url: Url = DEFAULT_URL, key: Key = "", as_json: Json = False) -> None:
    """What the golden set has and lacks, by class and channel."""
    with open_gateway(url, key) as gateway:
        found = gateway.call("GET", "/v1/golden-quotas")
    if as_json:
        print_json(found)
        return
    console = showing.console(as_json=False)
    console.print(quotas_table(found))
    if found["untouched"]:
        console.print(f"No item at all: {', '.join(found['untouched'])}", markup=False)
    if found["duplicates"]:
        console.print(f"{found['duplicates']} items are another state of a conversation that has one.")


app.command("gaps")(golden_gaps.show_gaps)


def items_table(found: Iterable[Mapping[str, Any]]) -> Table:
    """An item a row."""
    table = Table("id", "split", "channel", "labels", "contested", "first words")
    for one in found:
        standing = [label for label in one["labels"] if label["status"] != "withdrawn"]
        told = ", ".join(f"{label['subject']} {label['state']}" for label in standing[:4])
        words = one["dialogue"]["turns"][0]["text"][:40]
        table.add_row(one["id"], one["split"], one["dialogue"]["channel"], told, ", ".join(one["contested"]), words)
    return table


def quotas_table(found: Mapping[str, Any]) -> Table:
    """A class or criterion and channel a row."""
    names = ("kind", "subject", "channel", "with_it", "without_it", "in_test", "contested", "proposed")
    table = Table(*names, "missing", title=f"{found['quota']} of each side are wanted")
    for one in found["items"]:
        missing = f"{one['missing_with_it']} + {one['missing_without_it']}"
        table.add_row(*(str(one[name]) for name in names), missing)
    return table


def _tell_contested(subjects: Iterable[Iterable[str]]) -> None:
    told = sorted({one for some in subjects for one in some})
    if told:
        print(f"contradicting, and counted nowhere until one is withdrawn: {', '.join(told)}")


def _query(**given: str | None) -> dict[str, str]:
    return {name: str(value) for name, value in given.items() if value}


def _columns(path: Path | None) -> dict[str, Any]:
    if path is None:
        raise CliError("a workbook needs --map: YAML that says which column holds what (docs/golden.md)")
    try:
        told = yaml.load(_bytes_of(path), yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise CliError(f"{path} is not YAML: {error}") from None
    if not isinstance(told, dict):
        raise CliError(f"{path} must hold a mapping")
    return told


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CliError(f"{path} cannot be read: {error.strerror}") from None
