"""The shipped error classes are whole and well put, and each kind of badly put class is named."""

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from auricle_criteria import BadArtefact, Category, ErrorClass, check_classes, read_classes
from auricle_criteria.checklist_document import AGAIN, EVIDENCE, page
from auricle_criteria.classes import CATEGORY_TITLES, ClassState, FoundBy, Need

ROOT = Path(__file__).parents[3]
SHIPPED = ROOT / "prompts"
CLASSES = read_classes(SHIPPED)
LIVE_F1, FEWEST_REAL = 0.95, 5  # of a class by rule on held-out dialogues
Body = dict[str, Any]


def example(text: str, **more: object) -> Body:
    return {"channel": "chat", "lang": "ru", "lines": [["customer", "Где заказ?"], ["agent", text]], "at": [2], **more}


def body(**more: object) -> Body:
    """A class without a fault."""
    return {
        "id": "trial",
        "version": 1,
        "note": "A test.",
        "category": "needs",
        "title": {"ru": "Проба", "en": "Trial"},
        "definition": {"ru": "Ответил ли оператор не о том?", "en": "Did the agent answer something else?"},
        "is": "Ответ не о том.",
        "is_not": ["Ответ шире вопроса."],
        "opportunity": {"when": "Клиент задал вопрос.", "needs_role": "agent", "channels": ["chat"]},
        "severity": "minor",
        "fatal": False,
        "found_by": "both",
        "rule": None,
        "state": "planned",
        "comment_tone": {"ru": "Спокойно и коротко.", "en": "Calm and short."},
        "positives": [example(f"Погода хорошая, {n}") for n in range(4)],
        "negatives": [example(f"Заказ в пути, {n}") for n in range(4)],
        **more,
    }


def write(folder: Path, name: str, content: Body, category: str = "needs") -> Path:
    path = folder / "classes" / category / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of prompts with one rule and no class."""
    (tmp_path / "detectors").mkdir()
    (tmp_path / "detectors" / "greeting.yaml").write_text("id: greeting")
    return tmp_path


def test_the_shipped_classes_have_no_fault() -> None:
    assert check_classes(SHIPPED) == []


def test_the_checklist_is_as_wide_as_it_says() -> None:
    per_category = Counter(error_class.category for error_class in CLASSES.values())
    assert set(per_category) == set(Category) == set(CATEGORY_TITLES)
    assert len(Category) == 12
    assert len(CLASSES) >= 84
    assert min(per_category.values()) >= 7


def test_what_a_rule_finds_is_live_by_the_newest_set_and_not_refuted_by_an_older_one() -> None:
    newest, *older = (whole_rows(name) for name in (next(iter(EVIDENCE)), *AGAIN))
    borne_out = {
        name
        for name, row in newest.items()
        if (row["f1"] or 0) >= LIVE_F1
        and row["counts"]["right"] + row["counts"]["missed"] >= FEWEST_REAL
        and all(rows[name]["f1_95"][1] >= LIVE_F1 for rows in older)
    }
    live = {name for name, one in CLASSES.items() if one.state is ClassState.LIVE}
    assert live
    assert live == borne_out
    assert {CLASSES[name].found_by for name in live} == {FoundBy.RULE}


def whole_rows(name: str) -> dict[str, dict[str, Any]]:
    """Of each class that a rule serves: its row over all channels."""
    rows = json.loads((SHIPPED.parent / "docs" / "evidence" / f"{name}.json").read_text("utf-8"))["classes"]
    served = [row for row in rows if CLASSES[row["error_class"]].rule]
    return {row["error_class"]: row for row in sorted(served, key=lambda row: row["channel"] == "all")}


def test_every_need_is_used() -> None:
    assert {need for error_class in CLASSES.values() for need in error_class.opportunity.needs} == set(Need)


def test_examples_come_in_both_languages_and_in_the_script_that_they_declare() -> None:
    examples = [example for error_class in CLASSES.values() for example in error_class.examples]
    russian = [example for example in examples if example.lang == "ru"]
    assert 0.7 <= len(russian) / len(examples) < 0.9
    for one in examples:
        cyrillic = any(re.search("[а-яё]", text, re.IGNORECASE) for _, text in one.lines)
        assert cyrillic == (one.lang == "ru"), one.lines


def test_a_class_is_pinned_by_its_content(folder: Path) -> None:
    write(folder, "trial", body())
    before = read_classes(folder)["trial"]
    path = folder / "classes" / "needs" / "trial.yaml"
    path.write_text("# a comment\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert read_classes(folder)["trial"].pin == before.pin == f"trial@{before.hash}"
    write(folder, "trial", body(severity="major"))
    assert read_classes(folder)["trial"].hash != before.hash


def test_a_class_without_a_fault_passes(folder: Path) -> None:
    assert check_classes(write(folder, "trial", body())) == []


def without(name: str) -> Body:
    return {key: value for key, value in body().items() if key != name}


def asked(ru: str = "Ответил ли оператор не о том?", en: str = "Did the agent answer something else?") -> Body:
    return body(definition={"ru": ru, "en": en})


LONG = example("Ещё", lines=[["agent", f"Строка {n}"] for n in range(5)])
PLANTED: list[tuple[Callable[[], Body], str]] = [
    (lambda: asked(ru="Перебил ли оператор и/или нагрубил?"), "definition.ru asks two questions in one"),
    (
        lambda: asked(en="Did the agent interrupt and/or insult the customer?"),
        "definition.en asks two questions in one",
    ),
    (lambda: asked(ru="Перебил ли оператор клиента или не дослушал его?"), "definition.ru asks two questions in one"),
    (lambda: asked(ru="Перебил ли оператор, нагрубил ли он?"), "definition.ru asks two questions in one"),
    (lambda: asked(en="Did the agent interrupt or did the agent shout?"), "definition.en asks two questions in one"),
    (lambda: asked(ru="Перебил оператор? Нагрубил?"), "definition.ru must be one question"),
    (lambda: asked(en="The agent interrupts the customer."), "definition.en must be one question"),
    (lambda: asked(ru="Молчал ли оператор дольше 20 секунд?"), "definition.ru names a number that no rule measures"),
    (lambda: asked(en="Was the agent silent for ten seconds?"), "definition.en names a number that no rule measures"),
    (lambda: without("opportunity"), "opportunity: Field required"),
    (
        lambda: body(negatives=[example(f"Заказ в пути, {n}") for n in range(3)]),
        "negatives: Tuple should have at least 4 items",
    ),
    (lambda: body(positives=[example(f"Заказ  в ПУТИ, {n}") for n in range(4)]), "is a positive and a negative"),
    (
        lambda: body(positives=[example("Погода") for _ in range(4)]),
        "positives[2] is the same example as trial.positives[1]",
    ),
    (lambda: body(positives=[*body()["positives"], example("Ещё", at=[3])]), "names the line 3, but there are 2"),
    (lambda: body(positives=[*body()["positives"], example("Ещё", at=[0])]), "greater than or equal to 1"),
    (lambda: body(positives=[*body()["positives"], LONG]), "at most 4 items"),
    (lambda: body(positives=[*body()["positives"], example("Ещё", channel="call")]), "where the class cannot occur"),
    (lambda: body(rule="no_such_rule"), "names the detector 'no_such_rule', which does not exist"),
    (lambda: body(rule="greeting", found_by="prompt"), "`found_by` says prompt"),
    (lambda: body(fatal=True), "what is fatal is critical"),
    (lambda: body(state="experimental"), "names nothing that finds it"),
    (lambda: body(title={"ru": "Проба"}), "title.en: Field required"),
    (lambda: body(definition={"en": "Did the agent answer something else?"}), "definition.ru: Field required"),
    (lambda: body(id="other"), "declares the id 'other'"),
    (lambda: body(category="sale"), "declares the category 'sale' in the folder 'needs'"),
]


@pytest.mark.parametrize(("spoilt", "fault"), PLANTED, ids=[fault for _, fault in PLANTED])
def test_a_planted_fault_is_named(folder: Path, spoilt: Callable[[], Body], fault: str) -> None:
    faults = check_classes(write(folder, "trial", spoilt()))
    assert any(fault in told for told in faults), faults
    assert all(told.startswith("trial") for told in faults)


def test_a_number_is_welcome_where_a_rule_measures_it(folder: Path) -> None:
    measured = asked(ru="Молчал ли оператор дольше 20 секунд?") | {"rule": "greeting", "state": "experimental"}
    assert check_classes(write(folder, "trial", measured)) == []


def test_the_same_example_in_two_classes_is_named(folder: Path) -> None:
    write(folder, "first", body(id="first"))
    mine = [example(f"Свой ответ, {n}") for n in range(4)]
    write(folder, "second", body(id="second", positives=mine))
    assert check_classes(folder) == [
        f"second.negatives[{n}] is the same example as first.negatives[{n}]" for n in range(1, 5)
    ]


@pytest.mark.parametrize(
    ("category", "content", "fault"),
    [
        ("needs", body(category="sale"), "declares the category 'sale'"),
        ("sale", body(category="sale"), "is in two categories"),
        ("weather", body(), "weather is no category"),
    ],
)
def test_the_reader_refuses_a_class_out_of_its_place(folder: Path, category: str, content: Body, fault: str) -> None:
    if category == "sale":
        write(folder, "trial", body())
    write(folder, "trial", content, category)
    with pytest.raises(BadArtefact, match=fault):
        read_classes(folder)


def test_a_folder_without_classes_is_not_well(tmp_path: Path) -> None:
    assert check_classes(tmp_path) == ["there is no class under classes/"]


def test_a_class_cannot_be_changed() -> None:
    one: ErrorClass = next(iter(CLASSES.values()))
    with pytest.raises(ValueError, match="frozen"):
        one.fatal = True  # type: ignore[misc]


def test_the_page_is_what_the_files_say() -> None:
    committed = (ROOT / "docs" / "checklist.md").read_text(encoding="utf-8")
    measured = {
        name: json.loads((ROOT / "docs" / "evidence" / f"{name}.json").read_text(encoding="utf-8")) for name in EVIDENCE
    }
    assert committed == page(CLASSES, measured), (
        "write it again: python -m auricle_criteria.checklist_document > docs/checklist.md"
    )
