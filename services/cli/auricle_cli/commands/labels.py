"""`auricle labels`: what people say about answers."""

from pathlib import Path
from typing import Annotated

import typer

from auricle_cli import showing
from auricle_cli.options import DEFAULT_URL, Json, Key, Url, open_gateway, print_json

app = typer.Typer(no_args_is_help=True, help="What people say about answers: bring an edited sheet back, list.")


@app.command("import")
def import_sheet(
    sheet: Annotated[Path, typer.Argument(help="The .xlsx of `auricle export`, edited in its brown columns.")],
    author: Annotated[str, typer.Option(help="Who judged; by default the key.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would come of it, and write nothing.")] = False,
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """Bring an edited sheet back: its edits become labels, sent twice they double nothing."""
    query = ({"author": author} if author else {}) | ({"dry_run": "true"} if dry_run else {})
    with open_gateway(url, key) as gateway:
        reply = gateway.import_labels(sheet, query)
    if as_json:
        print_json(reply)
    else:
        showing.console(as_json=False).print(showing.labels_report(reply))


@app.command("list")
def list_labels(
    conversation: Annotated[str, typer.Option(help="Only of this conversation.")] = "",
    author: Annotated[str, typer.Option(help="Only of this person.")] = "",
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """The newest labels."""
    chosen = {"conversation_id": conversation, "author": author}
    with open_gateway(url, key) as gateway:
        found = gateway.labels({name: value for name, value in chosen.items() if value})
    if as_json:
        print_json(found)
    else:
        showing.console(as_json=False).print(showing.labels_table(found))
