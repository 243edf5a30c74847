"""What the judge is taught must be what the prompt asks for: the shipped schema, labels of the right clauses, scores by fives."""

import random
from pathlib import Path

import pytest
from auricle_contracts import Channel, Role
from auricle_judging import canonical
from auricle_judging.replies import BadReply, parse
from auricle_samples.dialogues import Mark, generate
from auricle_samples.dialogues.noise import plain
from auricle_samples.dialogues.training.service import compose
from auricle_trainer.judge import intents, sources
from auricle_trainer.judge.augmenting import as_heard, nearest, renumbered, typed, varied
from auricle_trainer.judge.documents import Asking, adapter_document, base_document
from auricle_trainer.judge.examples import EvidenceCut, answer, clause_of
from auricle_trainer.judge.labelled import Label, Labelled, Words, by_fives, of_generated
from auricle_trainer.judge.reasoning import REASONING_CHARS
from auricle_trainer.judge.sources import Source

PROMPTS = Path(__file__).parents[3] / "prompts"
SAID = (
    (1, Role.AGENT, "Добрый день, магазин окон, меня зовут Анна. Чем помочь?"),
    (2, Role.CUSTOMER, "Сколько стоит окно номер 1840? Дороговато, у соседей дешевле."),
    (3, Role.AGENT, "Понимаю, что цена важна. У нас гарантия пять лет, и сегодня скидка 10 процентов."),
    (4, Role.CUSTOMER, "Ладно, давайте, записывайте на замер."),
)
PLACES = {
    "politeness": (1, "Чем помочь?"), "objection_handling": (3, "У нас гарантия пять лет"),
    "sale_chance": (4, "давайте, записывайте"), "stage": (4, "записывайте на замер"), "intent": (2, "Сколько стоит окно номер 1840"),
}  # fmt: skip
VALUES: dict[str, int | str] = {
    "politeness": 90,
    "objection_handling": 85,
    "sale_chance": 85,
    "stage": "closing",
    "intent": "question",
}


@pytest.fixture(scope="module")
def asking() -> Asking:
    return Asking.read(PROMPTS)


@pytest.fixture
def window() -> Labelled:
    labels: dict[str, Label | None] = {name: Label(VALUES[name], (Words(*at),)) for name, at in PLACES.items()}
    return Labelled("w", Channel.CALL, "ru", SAID, "Агент ответил на цену гарантией.", labels)


def test_an_answer_points_at_the_clauses_of_its_evidence(asking: Asking, window: Labelled) -> None:
    rendered = asking.rendered(asking.evaluate, window)
    assert answer("evaluate", window, rendered.clauses) == {
        "reasoning": "Агент ответил на цену гарантией.",
        "politeness": {"at": ["T1"], "value": 90},
        "objection_handling": {"at": ["T3b"], "value": 85},
        "sale_chance": {"at": ["T4"], "value": 85},
        "stage": {"at": ["T4"], "value": "closing"},
    }


def test_no_occasion_is_null_and_never_a_score(asking: Asking, window: Labelled) -> None:
    window = Labelled(**{**vars(window), "labels": {**window.labels, "sale_chance": None, "stage": None}})
    rendered = asking.rendered(asking.evaluate, window)
    said = parse(canonical(answer("evaluate", window, rendered.clauses)), rendered.schema)
    assert said["sale_chance"] is None
    assert said["stage"] is None


def test_evidence_that_is_not_shown_is_no_example(asking: Asking, window: Labelled) -> None:
    shown = asking.rendered(asking.evaluate, window, window.lines()[:3])
    with pytest.raises(EvidenceCut):
        answer("evaluate", window, shown.clauses)
    rendered, said = asking.example(asking.evaluate, window, window.lines()[:3])
    assert "T4" in rendered.clauses
    assert said["sale_chance"]["at"] == ["T4"]


@pytest.mark.parametrize("seed", range(80))
@pytest.mark.parametrize("prompt", ["evaluate", "intent"])
def test_every_answer_fits_the_schema(asking: Asking, prompt: str, seed: int) -> None:
    dialogue = Source.shipped().dialogue(seed)
    asked = asking.evaluate if prompt == "evaluate" else asking.intent
    rendered, said = asking.example(asked, dialogue, dialogue.lines())
    assert parse(canonical(said), rendered.schema) == said
    assert len(said.get("reasoning", "")) <= REASONING_CHARS


@pytest.mark.parametrize("seed", range(60))
def test_said_otherwise_the_evidence_is_still_in_its_turn(seed: int) -> None:
    dialogue = of_generated(generate(seed, "train"), random.Random(seed))
    other = varied(dialogue, random.Random(seed))
    texts = {n: plain(text) for n, _, text in other.turns}
    assert all(plain(words.text) in texts[words.turn] for words in other.evidence())
    assert {name: label and label.value for name, label in other.labels.items()} == {
        name: label and label.value for name, label in dialogue.labels.items()
    }


def test_numbers_are_exchanged_alike_everywhere(window: Labelled) -> None:
    other = renumbered(window, random.Random(3))
    (said,) = [text for n, _, text in other.turns if n == 2]
    intent = other.labels["intent"]
    assert intent is not None
    assert intent.at[0].text in said
    assert "1840" not in said


def test_a_call_may_come_as_a_recogniser_writes_it(window: Labelled) -> None:
    heard = {as_heard(window, random.Random(seed)).turns[3][2] for seed in range(40)}
    assert "ладно давайте записывайте на замер" in heard
    assert SAID[3][2] in heard
    assert len(heard) > 3


def test_typing_slips_keep_the_number_of_words() -> None:
    text = "Подскажите пожалуйста когда приедет курьер с моим заказом " * 9
    slipped = typed(text, random.Random(5))
    assert slipped.lower() != text.lower()
    assert len(slipped.split()) == len(text.split())


def test_a_sale_has_an_occasion_only_where_something_is_sold() -> None:
    served = [of_generated(compose(seed, "train"), random.Random(seed)) for seed in range(60)]
    assert all(one.labels["sale_chance"] is None and one.labels["stage"] is None for one in served)
    for seed in range(60):
        made = generate(seed, "train")
        if {Mark.OFFER, Mark.CLOSING} & {seen.mark for seen in made.truth.seen}:
            assert of_generated(made, random.Random(seed)).labels["sale_chance"] is not None


def test_half_of_what_is_generated_sells_nothing() -> None:
    source = Source()
    sold = sum(source.dialogue(seed).labels["sale_chance"] is not None for seed in range(300))
    assert 0.3 < sold / 300 < 0.5


def test_every_intent_of_the_generators_has_its_choice(asking: Asking) -> None:
    drawn = [generate(seed, split) for seed in range(300) for split in ("train", "heldout")]
    drawn += [compose(seed, "train") for seed in range(200)]
    assert {intents.choice(dialogue) for dialogue in drawn} <= set(asking.choices["intent"])


def test_what_is_held_back_is_in_no_source() -> None:
    back = {one.id for one in sources.training_dialogues() if sources.is_held_back(one.id)}
    assert 0.05 < len(back) / len(sources.training_dialogues()) < 0.2
    assert not back & {one.id for one in Source.shipped().written}


def test_the_schema_refuses_a_clause_that_is_not_there(asking: Asking, window: Labelled) -> None:
    rendered = asking.rendered(asking.evaluate, window)
    said = answer("evaluate", window, rendered.clauses)
    said["stage"]["at"] = ["T999"]
    with pytest.raises(BadReply):
        parse(canonical(said), rendered.schema)


@pytest.mark.parametrize(("value", "rounded"), [(0, 0), (2, 0), (3, 5), (88, 90), (98, 100)])
def test_scores_go_by_fives(value: int, rounded: int) -> None:
    assert by_fives(value) == rounded


def test_the_nearest_words_survive_noise(asking: Asking, window: Labelled) -> None:
    assert nearest("спасибо за звонок", "ну тагда спасибо са звонок до свидания") == "спасибо са звонок"
    assert nearest("одно два три", "да") == "да"
    clauses = tuple(asking.rendered(asking.evaluate, window).clauses.values())
    assert clause_of(Words(4, "ЗАПИСЫВАЙТЕ, на замер!"), clauses).label == "T4"


def test_documents_are_the_same_for_the_same_seed(asking: Asking) -> None:
    source = Source.shipped()
    assert [base_document(source, seed) for seed in range(20)] == [base_document(source, seed) for seed in range(20)]
    assert adapter_document(asking, source, 7) == adapter_document(asking, source, 7)


def test_shuffled_labels_keep_the_evidence_and_change_the_values(asking: Asking) -> None:
    source, changed = Source(), 0
    for seed in range(20):
        own, other = (adapter_document(asking, source, seed, labels_of=seed + far) for far in (0, 1000))
        assert own.read == other.read
        changed += own.learnt != other.learnt
    assert changed >= 15
