"""Both languages say the same things, and every template asks only for words that there are."""

import re
from importlib.resources import files
from pathlib import Path
from typing import get_args

import pytest
import yaml
from auricle_console.wording import LANGUAGES, choose, plural_form, wording
from auricle_contracts import (
    AnswerState,
    Channel,
    Code,
    ConversationView,
    CriterionKind,
    Direction,
    Layer,
    Level,
    Priority,
    Role,
    Severity,
    Step,
)
from auricle_contracts.audit import AuditAction

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


WORKERS = ("services/asr", "services/scorer", "libs/streams", "libs/records/auricle_records/runs", "libs/judging")
DYING = {
    Code[name]
    for room in WORKERS
    for path in Path(room).rglob("*.py")
    for name in re.findall(r"\bCode\.([A-Z_]+)", path.read_text())
} - {Code.NOT_READY}
"""What those that carry runs say of themselves: a run may die of each. `not_ready` is only said to a caller."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_codes_that_a_run_dies_of_have_words_and_say_what_to_do(language: str) -> None:
    assert {Code.NOT_AUDIO, Code.WORKER_CRASHED, Code.LEASES_LOST, Code.CONTEXT_TOO_LONG} <= DYING
    texts = wording(language).texts
    assert [code for code in sorted(DYING) for key in ("code", "cause") if f"{key}.{code}" not in texts] == []


CRITERIA = {
    one["id"] for path in Path("prompts/rules").glob("*.yaml") if (one := yaml.load(path.read_text(), yaml.CSafeLoader))
} | {
    one["id"]
    for path in Path("prompts/scorecards").glob("*.yaml")
    for one in yaml.load(path.read_text(), yaml.CSafeLoader)["criteria"]
}
CHOICES = {
    choice
    for path in Path("prompts/scorecards").glob("*.yaml")
    for one in yaml.load(path.read_text(), yaml.CSafeLoader)["criteria"]
    for choice in one.get("choices", ())
}
REASONS = re.compile(r'(?:why=|undetermined\(|not_applicable\(|AnswerState\.\w+, )"([a-z_]+)"')
SOURCES = [
    path.read_text()
    for room in ("services/rules/auricle_rules", "services/scorer/auricle_scorer", "libs/judging/auricle_judging")
    for path in Path(room).rglob("*.py")
]
FLAGS = (
    "duration_mismatch", "damaged", "silent", "tracks_alike", "one_track_empty", "echo_masked", "no_speech", "low_confidence",
    "roles_guessed", "text_dropped", "confidence_uncalibrated", "windows", "windows_skipped",
)  # fmt: skip
NAMED = {
    "criterion": CRITERIA,
    "choice": CHOICES,
    "code": set(Code),
    "why": {word for source in SOURCES for word in REASONS.findall(source)},
    "flag": set(FLAGS),
    "channel": set(Channel),
    "direction": set(Direction),
    "role": set(Role),
    "step": set(Step),
    "priority": set(Priority),
    "layer": set(Layer),
    "kind": set(CriterionKind),
    "done": set(AuditAction),
    "state": set(AnswerState),
    "severity": set(Severity),
    "level": set(Level),
    "progress": set(get_args(ConversationView.model_fields["progress"].annotation)),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("section", NAMED)
def test_every_id_that_can_be_shown_has_words(section: str, language: str) -> None:
    texts = wording(language).texts
    assert NAMED[section], "something was found to look for"
    assert sorted(one for one in NAMED[section] if f"{section}.{one}" not in texts) == []


def test_the_reasons_that_are_looked_for_are_found() -> None:
    assert {"heard_badly", "roles_unknown", "no_occasion", "no_recording", "one_track"} <= NAMED["why"]


def test_every_text_is_used() -> None:
    """A key stands whole somewhere in the console's sources, or begins with what a source puts a name behind."""
    root = Path("services/console/auricle_console")
    source = "\n".join(path.read_text() for path in [*root.rglob("*.py"), *root.rglob("*.html")])
    whole = set(re.findall(r"[\"']([a-z_]+(?:\.[a-z_]+)*)[\"']", source))
    begun = set(re.findall(r"[\"']([a-z_.]+[._])[\"']", source)) | set(re.findall(r"f[\"']([a-z_.]+[._])\{", source))
    unused = {key for key in wording("ru").texts if key not in whole and not key.startswith(tuple(begun))}
    assert unused == set()
