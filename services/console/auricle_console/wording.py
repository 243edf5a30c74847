"""The page's words in each language: TOML files in `texts/`, the same keys in all of them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale

LANGUAGES = ("ru", "en")
FORMS = {"ru": ("one", "few", "many"), "en": ("one", "other")}
"""The plural forms of a text, in the order of its list, by CLDR's names; fractions, which nothing here counts, take the last."""


@dataclass(frozen=True)
class Wording:
    """One language and the zone of its times. `texts` by dotted key; a list holds the plural forms."""

    language: str
    texts: Mapping[str, str | list[str]]
    zone: ZoneInfo

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key with its `{placeholders}` filled. Raises KeyError."""
        text = self.texts[key]
        assert isinstance(text, str), f"{key} has plural forms"
        return text.format(**values) if values else text

    def known(self, key: str, otherwise: str) -> str:
        """The text of a key that may come from outside (a criterion, a code), else what is given."""
        text = self.texts.get(key, otherwise)
        return text if isinstance(text, str) else otherwise

    def subject(self, name: str) -> str:
        """What an error class or a criterion is called, else its id."""
        return self.known(f"error_class.{name}", self.known(f"criterion.{name}", name))

    def count(self, key: str, number: int) -> str:
        """The number with its noun in the right form."""
        forms = self.texts[key]
        assert isinstance(forms, list), f"{key} has no plural forms"
        return f"{number} {forms[plural_form(self.language, number)]}"

    def language_name(self, code: str) -> str:
        """What a language is called in this one; its code where CLDR has no name."""
        return str(Locale(self.language).languages.get(code, code))


def plural_form(language: str, number: int) -> int:
    """Index of the plural form: one, few, many in Russian; one, many in English."""
    forms = FORMS[language]
    name = Locale(language).plural_form(number)
    return forms.index(name) if name in forms else len(forms) - 1


@cache
def wording(language: str, zone: str = "UTC") -> Wording:
    """The words of `ru` or `en`, with times in an IANA zone."""
    raw = tomllib.loads((files("auricle_console") / "texts" / f"{language}.toml").read_text(encoding="utf-8"))
    return Wording(language, dict(_flat(raw, "")), ZoneInfo(zone))


def choose(cookie: str | None, accept_language: str, otherwise: str) -> str:
    """The cookie's language, else the first known one that the browser asks for, else the default."""
    wanted = [cookie or "", *(part.split(";")[0].strip()[:2].lower() for part in accept_language[:200].split(","))]
    return next((language for language in wanted if language in LANGUAGES), otherwise)


def _flat(node: Mapping[str, Any], prefix: str) -> list[tuple[str, str | list[str]]]:
    found: list[tuple[str, str | list[str]]] = []
    for key, value in node.items():
        found += _flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else [(prefix + key, value)]
    return found
