"""`auricle dead`: runs that were given up."""

import typer

from auricle_cli import showing
from auricle_cli.options import DEFAULT_URL, Json, Key, Url, open_gateway, print_json

app = typer.Typer(no_args_is_help=True, help="Runs that were given up: list, read, resend.")


@app.command("list")
def list_dead(url: Url = DEFAULT_URL, key: Key = "", as_json: Json = False) -> None:
    """Every dead run with its reason."""
    with open_gateway(url, key) as gateway:
        runs = gateway.dead()
    if as_json:
        print_json(runs)
    else:
        showing.console(as_json=False).print(showing.dead_table(runs))


@app.command("show")
def show_run(run_id: str, url: Url = DEFAULT_URL, key: Key = "") -> None:
    """One run, whole."""
    with open_gateway(url, key) as gateway:
        print_json(gateway.run(run_id))


@app.command("resend")
def resend_run(run_id: str, url: Url = DEFAULT_URL, key: Key = "") -> None:
    """Try a dead run again, with its attempts counted from zero."""
    with open_gateway(url, key) as gateway:
        print_json(gateway.resend(run_id))
