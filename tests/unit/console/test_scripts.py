"""The page's own scripts are small, and say of each function what it takes."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

STATIC = Path(str(files("auricle_console"))) / "static"
SCRIPTS = sorted(STATIC.glob("*.js"))
MOST_LINES = 220
FUNCTION = re.compile(r"^ *const (\w+) = (?:async )?\(([^()]*)\) =>", re.MULTILINE)


def untold(script: str) -> list[str]:
    """Named functions of which a parameter has no type in the JSDoc above."""
    lines = script.splitlines()
    found = []
    for at, line in enumerate(lines):
        made = FUNCTION.match(line)
        taken = [one.split("=")[0].strip() for one in made[2].split(",")] if made and made[2].strip() else []
        above = lines[at - 1] if at else ""
        if made and not all(re.search(rf"@param {{[^@]+}} {re.escape(one)}\b", above) for one in taken):
            found.append(made[1])
    return found


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda one: one.name)
def test_every_function_says_what_it_takes(script: Path) -> None:
    text = script.read_text("utf-8")
    assert untold(text) == []
    assert len(text.splitlines()) <= MOST_LINES


def test_the_check_bites() -> None:
    assert untold("const open = (list, tab) => {};") == ["open"]
    assert untold("/** @param {Element} list */\nconst open = (list, tab) => {};") == ["open"]
    assert untold("/** @param {Element} list @param {Element} tab */\nconst open = (list, tab) => {};") == []
