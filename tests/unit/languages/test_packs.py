"""A language pack may only drop what it does not protect; and reading survives whatever is written."""

from pathlib import Path

import pytest
from auricle_contracts import Role, Turn
from auricle_languages import Language, LanguagePack, Languages, analyse_turn, load_packs, tokenize
from hypothesis import given, settings
from hypothesis import strategies as st

PROMPTS = Path("prompts")
DROPPABLE = ("backchannels", "holds", "fillers")
PROTECTED = (
    "negations",
    "greetings",
    "farewells",
    "thanks",
    "apologies",
    "politeness",
    "refusals",
    "promises",
    "objections",
)
LANGUAGES = Languages.load(PROMPTS)


def overlaps(language: Language) -> list[str]:
    """Droppable phrases that hold a protected one."""
    found = []
    for name in DROPPABLE:
        for phrase in language.lists[name]:
            labels = {hit.label for hit in language.phrasebook.find(phrase)}
            found += [f"{name}: {' '.join(phrase)} is also in {label}" for label in sorted(labels & set(PROTECTED))]
    return found


@pytest.mark.parametrize("name", ["ru", "en"])
def test_nothing_droppable_is_protected(name: str) -> None:
    assert overlaps(LANGUAGES[name]) == []


def test_the_check_of_packs_bites() -> None:
    pack = load_packs(PROMPTS / "languages")["ru"]
    broken = LanguagePack.model_validate({**pack.model_dump(), "fillers": (*pack.fillers, "ну спасибо")})
    assert overlaps(Language(broken)) == ["fillers: ну спасибо is also in thanks"]


def test_a_third_language_is_a_file() -> None:
    packs = load_packs(PROMPTS / "languages")
    german = {**packs["en"].model_dump(), "language": "de", "morphology": "snowball:german", "letters": "[a-zäöüß]"}
    languages = Languages({**packs, "de": LanguagePack.model_validate(german)})
    assert languages.of("über", None).pack.language == "de"
    assert languages.of("guten Tag", "de").pack.language == "de"


def test_a_turn_is_read_in_the_language_of_its_letters() -> None:
    assert LANGUAGES.of("hello there", "ru").pack.language == "en"
    assert LANGUAGES.of("12 34", None, "en").pack.language == "en"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_and_tokens_stay_in_place(text: str) -> None:
    assert all(text[token.start : token.end] == token.text for token in tokenize(text))
    read = analyse_turn(Turn(id=1, participant="a", role=Role.UNKNOWN, text=text), LANGUAGES)
    assert all(0 <= hit.first <= hit.last < len(read.tokens) for hit in read.hits)
    assert isinstance(read.amounts, tuple)


@pytest.mark.parametrize("language", list(LANGUAGES), ids=lambda one: str(one.pack.language))
def test_no_greeting_is_a_farewell(language: Language) -> None:
    """By lemma, as they are found: "доброго дня" is "добрый день"."""
    assert set(language.lists["greetings"]) & set(language.lists["farewells"]) == set()
