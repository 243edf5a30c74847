"""prompts/ is read strictly: the shipped files are good, and each kind of mistake is named."""

import shutil
from pathlib import Path

import pytest
import yaml
from auricle_contracts import CriterionKind, Layer
from auricle_criteria import BadArtefact, Library, UnknownArtefact

SHIPPED = Path(__file__).parents[3] / "prompts"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped data that a test may spoil."""
    for name in ("scorecards", "prompts", "system", "flows", "classes"):
        shutil.copytree(SHIPPED / name, tmp_path / name)
    return tmp_path


def spoil(path: Path, old: str, new: str) -> None:
    """Replace a piece of a file; it must be there."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_shipped_library_is_consistent() -> None:
    library = Library.read(SHIPPED)
    sales = library.scorecard("sales")
    evaluate, intent = library.prompts_of(sales)
    assert {c.id for c in sales.of_layer(Layer.MODEL)} == {*evaluate.serves, *intent.serves}
    assert {"politeness", "objection_handling", "sale_chance", "stage"} == set(evaluate.serves)
    assert "greetings" in sales.protect
    assert evaluate.note
    assert evaluate.author


def test_a_copy_with_other_content_has_another_pin() -> None:
    one = Library.read(SHIPPED).prompts["evaluate"]
    pin = one.pin
    assert one.model_copy().pin == pin
    assert one.model_copy(update={"note": "another"}).pin != pin
    assert one.pin == pin


def test_every_example_fits_the_schema_once_its_turns_are_filled_in() -> None:
    from auricle_contracts import DigestLine
    from auricle_judging import canonical, render
    from auricle_judging.replies import parse

    choices = Library.read(SHIPPED).scorecard("sales").choices
    for prompt in Library.read(SHIPPED).prompts.values():
        for example in prompt.examples:
            lines = [DigestLine(turns=(turn,), role=role, text=text) for turn, role, text in example.lines]
            answer = parse(canonical(example.answer), render(prompt, lines, choices=choices).schema)
            assert list(answer) == list(prompt.answer_schema["properties"])


def test_the_system_text_is_part_of_what_a_prompt_is_pinned_by(folder: Path) -> None:
    before = Library.read(folder).prompts["evaluate"].pin
    spoil(folder / "system" / "ru.yaml", "Ответ — JSON", "Ответ: JSON")
    assert Library.read(folder).prompts["evaluate"].pin != before


def test_the_hash_is_of_the_content_and_not_of_the_layout(folder: Path) -> None:
    before = Library.read(folder).scorecard("sales")
    path = folder / "scorecards" / "sales.yaml"
    path.write_text("# a comment\n" + yaml.safe_dump(yaml.safe_load(path.read_text()), allow_unicode=True))
    assert Library.read(folder).scorecard("sales").pin == before.pin
    spoil(path, "needs_role: true", "needs_role: false")
    assert Library.read(folder).scorecard("sales").hash != before.hash


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("scorecards/sales.yaml", "layer: model", "layer: metadata", "needs `metadata`"),
        ("scorecards/sales.yaml", "kind: choice", "kind: score", "`choices` belongs"),
        ("scorecards/sales.yaml", "id: objection_handling", "id: politeness", "same id"),
        ("scorecards/sales.yaml", "prompt: evaluate", "prompt: judge", "does not exist"),
        ("scorecards/sales.yaml", "id: sale_chance", "id: kindness", "not served"),
        ("scorecards/sales.yaml", "objections, closing]", "objections, triumph]", "does not know every choice"),
        ("scorecards/sales.yaml", "needs_role: true", "needs_rôle: true", "Extra inputs"),
        ("scorecards/sales.yaml", "    min_confidence: 0.5\n", "", "`min_confidence` belongs to the layer `model`"),
        (
            "scorecards/sales.yaml",
            "rule: price_mentions",
            "rule: price_mentions\n    min_confidence: 0.5",
            "`min_confidence` belongs",
        ),
        ("scorecards/sales.yaml", "id: sales", "id: sail", "declares the id"),
        ("prompts/evaluate.yaml", "type: object", "type: objekt", "no JSON schema"),
        ("prompts/evaluate.yaml", "serves: [politeness", "serves: [charm, politeness", "no property for charm"),
        ("prompts/evaluate.yaml", "shots: 0", "shots: 9", "but there are 2 examples"),
        ("prompts/evaluate.yaml", "version: 2", "version: one", "version"),
        ("prompts/evaluate.yaml", "question: |-", "system: mine\nquestion: |-", "are the language's"),
        ("prompts/evaluate.yaml", "language: ru", "language: tt", "no system/tt.yaml"),
    ],
)
def test_a_mistake_is_named(folder: Path, file: str, old: str, new: str, said: str) -> None:
    spoil(folder / file, old, new)
    with pytest.raises(BadArtefact, match=said):
        Library.read(folder)


HOSTILE = {
    "empty": "",
    "list": "- a list",
    "not yaml": "a: [",
    "no fields": "id: 5",
    "deep": "[" * 20_000,
    "recursive": "a: &a [*a]",
    "alias": "id: &x [1]\nnote: *x",
    "code": "!!python/object/apply:os.system ['true']",
    "nul": "\x00",
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_files_are_refused_with_a_word(folder: Path, raw: str) -> None:
    (folder / "scorecards" / "bad.yaml").write_text(raw)
    with pytest.raises(BadArtefact, match=r"bad\.yaml"):
        Library.read(folder)


def test_a_missing_folder_and_a_missing_scorecard_say_so(tmp_path: Path) -> None:
    with pytest.raises(BadArtefact, match="no folder"):
        Library.read(tmp_path / "nowhere")
    with pytest.raises(UnknownArtefact, match="no scorecard"):
        Library.read(SHIPPED).scorecard("poetry")


def test_only_scores_have_a_mean(folder: Path) -> None:
    assert all(
        c.across == "last" or c.kind is CriterionKind.SCORE for c in Library.read(folder).scorecard("sales").criteria
    )
    spoil(folder / "scorecards" / "sales.yaml", "kind: choice", "kind: choice\n    across: mean")
    with pytest.raises(BadArtefact, match="only scores"):
        Library.read(folder)
