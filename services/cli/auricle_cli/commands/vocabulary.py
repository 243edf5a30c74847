"""`auricle vocabulary`: names and products that speech engines are told."""

from pathlib import Path
from typing import Annotated, Any

import typer

from auricle_cli.errors import CliError
from auricle_cli.options import DEFAULT_URL, Json, Key, Url, open_gateway, print_json

app = typer.Typer(no_args_is_help=True, help="Names and products that speech engines are told: list, set, add, remove.")


@app.command("list")
def list_terms(url: Url = DEFAULT_URL, key: Key = "", as_json: Json = False) -> None:
    """The terms, the most important first."""
    with open_gateway(url, key) as gateway:
        _show(gateway.vocabulary(), as_json=as_json)


@app.command("set")
def set_terms(
    file: Annotated[Path, typer.Argument(help="A term a line, the most important first; lines with # are left out.")],
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """Replace the terms by those of a file."""
    with open_gateway(url, key) as gateway:
        _show(gateway.choose_vocabulary(_read(file)), as_json=as_json)


@app.command("add")
def add_terms(terms: list[str], url: Url = DEFAULT_URL, key: Key = "", as_json: Json = False) -> None:
    """Put terms behind those that are there."""
    with open_gateway(url, key) as gateway:
        there = gateway.vocabulary()["terms"]
        _show(gateway.choose_vocabulary([*there, *terms]), as_json=as_json)


@app.command("remove")
def remove_terms(terms: list[str], url: Url = DEFAULT_URL, key: Key = "", as_json: Json = False) -> None:
    """Take terms out, whatever their case."""
    away = {term.casefold() for term in terms}
    with open_gateway(url, key) as gateway:
        there = gateway.vocabulary()["terms"]
        unknown = away - {term.casefold() for term in there}
        if unknown:
            raise CliError(f"not in the vocabulary: {', '.join(sorted(unknown))}")
        _show(gateway.choose_vocabulary([term for term in there if term.casefold() not in away]), as_json=as_json)


def _read(file: Path) -> list[str]:
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CliError(f"{file} cannot be read as UTF-8 text: {error}") from None
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


def _show(vocabulary: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(vocabulary)
        return
    for term in vocabulary["terms"]:
        print(term)
