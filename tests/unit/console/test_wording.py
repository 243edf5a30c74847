"""Both languages say the same things, and every template asks only for words that there are."""

import re
from importlib.resources import files

import pytest
from auricle_console.wording import LANGUAGES, choose, plural_form, wording
from auricle_contracts import Code

TEMPLATES = [one for one in (files("auricle_console") / "templates").iterdir() if one.name.endswith(".html")]
ASKED = re.compile(r"words(?:\.count)?\(['\"]([a-z_.]+)['\"]\s*(~?)")


def missing(template: str, known: set[str]) -> list[str]:
    """Keys that a template asks for and nobody has; a key that is put together needs only its beginning."""
    return [
        key
        for key, joined in ASKED.findall(template)
        if not (any(one.startswith(key) for one in known) if joined else key in known)
    ]


def test_both_languages_have_the_same_keys() -> None:
    assert wording("ru").texts.keys() == wording("en").texts.keys()


def test_placeholders_are_the_same() -> None:
    russian, english = wording("ru").texts, wording("en").texts
    for key, text in russian.items():
        assert set(re.findall(r"{\w+}", str(text))) == set(re.findall(r"{\w+}", str(english[key]))), key


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.name)
def test_every_word_of_a_template_is_there(template: object) -> None:
    text = template.read_text(encoding="utf-8")  # type: ignore[attr-defined]  # importlib.resources' Traversable
    assert missing(text, set(wording("en").texts)) == []


def test_the_check_of_words_bites() -> None:
    assert missing('{{ words("nav.nowhere") }} {{ words("stat." ~ x) }}', set(wording("en").texts)) == [
        "nav.nowhere",
        "stat.",
    ]


@pytest.mark.parametrize(
    ("number", "form"), [(1, 0), (2, 1), (5, 2), (11, 2), (12, 2), (21, 0), (22, 1), (111, 2), (0, 2)]
)
def test_russian_plurals(number: int, form: int) -> None:
    assert plural_form("ru", number) == form


def test_the_language_is_the_cookies_then_the_browsers() -> None:
    assert choose("en", "ru", "ru") == "en"
    assert choose(None, "de-DE,de;q=0.9,en;q=0.8", "ru") == "en"
    assert choose("<script>", "", "ru") == "ru"


@pytest.mark.parametrize("language", LANGUAGES)
def test_codes_that_a_run_dies_of_have_words(language: str) -> None:
    dying = {
        Code.NOT_AUDIO,
        Code.AUDIO_BROKEN,
        Code.AUDIO_EMPTY,
        Code.MODEL_UNAVAILABLE,
        Code.WORKER_CRASHED,
        Code.LEASES_LOST,
    }
    assert all(f"code.{code}" in wording(language).texts for code in dying)
