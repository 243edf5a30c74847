"""`auricle golden gaps`: what the golden set lacks, and where such conversations wait."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.table import Table

from auricle_cli import showing
from auricle_cli.options import DEFAULT_URL, Json, Key, Url, open_gateway, print_json

_COLUMNS = (
    "subject",
    "channel",
    "with it",
    "waiting",
    "judged",
    "without it",
    "waiting",
    "judged",
    "undetermined",
    "hunted",
)
_NUMBERS = ("missing_with_it", "waiting_with", "judged_with", "missing_without_it", "waiting_without", "judged_without",
            "waiting_undetermined", "hunted")  # fmt: skip


def show_gaps(
    subject: Annotated[str, typer.Option(help="Only of this error class or criterion.")] = "",
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """What the golden set lacks, and how many conversations that could fill it wait in the review queue."""
    with open_gateway(url, key) as gateway:
        found = gateway.call("GET", "/v1/golden-gaps")
    found["items"] = [one for one in found["items"] if subject in ("", one["subject"])]
    if as_json:
        print_json(found)
        return
    console = showing.console(as_json=False)
    console.print(gaps_table(found))
    if found["untouched"] and not subject:
        console.print(f"Neither a label nor a conversation: {', '.join(found['untouched'])}", markup=False)


def gaps_table(found: Mapping[str, Any]) -> Table:
    """A class or criterion and channel a row; of each side what is missing, what waits for a person, and what waits nowhere."""
    latest = f"the newest {found['most']} conversations of {found['days']} days"
    table = Table(*_COLUMNS, title=f"Missing of {found['quota']} on each side; judged: {latest}")
    for one in found["items"]:
        table.add_row(one["subject"], one["channel"], *(str(one[name]) for name in _NUMBERS))
    return table
