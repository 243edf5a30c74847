"""The phrases of the training scenarios: TOML beside this module, read once."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

PACKAGE = "auricle_samples.dialogues.training"


@dataclass(frozen=True)
class Scenario:
    """One subject of conversation: who calls whom, what is sold, and its own phrases."""

    name: str
    language: str
    direction: str
    intents: tuple[str, ...]
    orgs: tuple[str, ...]
    gifts: tuple[str, ...]
    lists: dict[str, list[str]]
    numbers: dict[str, dict[str, Any]]
    text: dict[str, Any]


@cache
def acts(language: str) -> dict[str, Any]:
    """The acts that every scenario of a language shares: `acts_*` and, where there is one, `more_*` behind it."""
    first = _table(f"acts_{language}.toml")
    return _joined(first, _table(f"more_{language}.toml")) if language == "ru" else first


def _joined(first: Any, more: Any) -> Any:
    """Two tables of the same shape with their lists one behind the other."""
    if isinstance(first, list):
        return [*first, *more]
    return {key: _joined(value, more[key]) if key in more else value for key, value in first.items()}


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((files(PACKAGE) / name).read_text("utf-8"))


@cache
def people(language: str) -> dict[str, list[str]]:
    """First names and days, by language."""
    data: dict[str, dict[str, list[str]]] = tomllib.loads((files(PACKAGE) / "people.toml").read_text("utf-8"))
    return data[language]


@cache
def scenarios(language: str) -> tuple[Scenario, ...]:
    """All training scenarios of a language, by name."""
    folder = files(PACKAGE) / language
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return tuple(
        _scenario(name.removesuffix(".toml"), language, tomllib.loads((folder / name).read_text("utf-8")))
        for name in names
    )


def _scenario(name: str, language: str, data: dict[str, Any]) -> Scenario:
    return Scenario(
        name=name,
        language=language,
        direction=data["direction"],
        intents=tuple(data["intents"]),
        orgs=tuple(data["orgs"]),
        gifts=tuple(data["gift"]),
        lists=data.get("lists", {}),
        numbers=data.get("numbers", {}),
        text=data["text"],
    )
