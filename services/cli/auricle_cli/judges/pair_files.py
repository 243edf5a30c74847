"""Files of pairs, as `auricle judge` reads them."""

from pathlib import Path
from typing import Annotated

import typer
from auricle_contracts.judges import ComparedPair
from pydantic import ValidationError

from auricle_cli.errors import CliError

Pairs = Annotated[Path, typer.Argument(help="JSONL, a pair a line (docs/judges.md).")]


def read_pairs(path: Path) -> list[ComparedPair]:
    """Raises CliError with the line that is no pair."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CliError(f"{path} cannot be read: {error}") from None
    found = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                found.append(ComparedPair.model_validate_json(line))
            except ValidationError as error:
                raise CliError(f"line {number} is no pair: {error.error_count()} faults") from None
    return found
