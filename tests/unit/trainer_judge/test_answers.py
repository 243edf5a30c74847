"""What the judge is taught must be what the prompt asks for: the shipped schema, words of the right turn, scores by fives."""

import random
from pathlib import Path
from typing import Any

import pytest
from auricle_judging import canonical, find_quote
from auricle_judging.replies import BadReply, parse
from auricle_samples.dialogues import generate
from auricle_trainer.judge import intents
from auricle_trainer.judge.answers import REASONING_CHARS, answer, by_fives, nearest
from auricle_trainer.judge.documents import Asking, adapter_document, base_document, heard

PROMPTS = Path(__file__).parents[3] / "prompts"


@pytest.fixture(scope="module")
def asking() -> Asking:
    return Asking.read(PROMPTS)


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("split", ["train", "heldout"])
def test_every_answer_fits_the_schema_and_quotes_its_turn(asking: Asking, split: Any, seed: int) -> None:
    dialogue, noisy = heard(generate(seed, split), random.Random(seed))
    rendered = asking.rendered(asking.evaluate, dialogue)
    said = parse(canonical(answer(dialogue, random.Random(seed), heard=noisy)), rendered.schema)
    assert len(said["reasoning"]) <= REASONING_CHARS
    for name in ("politeness", "sale_chance", "stage"):
        quote = find_quote(said[name]["quote"], said[name]["turn"], rendered.lines, dialogue.transcript())
        assert quote is not None, said[name]
        assert f"T{quote.turn}" == said[name]["turn"]


@pytest.mark.parametrize("seed", range(60))
def test_every_intent_fits_the_schema_and_quotes_its_turn(asking: Asking, seed: int) -> None:
    dialogue, noisy = heard(generate(seed, "train"), random.Random(seed))
    rendered = asking.rendered(asking.intent, dialogue)
    said = parse(canonical(intents.answer(dialogue, heard=noisy)), rendered.schema)["intent"]
    quote = find_quote(said["quote"], said["turn"], rendered.lines, dialogue.transcript())
    assert quote is not None, said
    assert f"T{quote.turn}" == said["turn"]


def test_every_intent_of_the_generators_has_its_choice(asking: Asking) -> None:
    drawn = [generate(seed, split) for seed in range(300) for split in ("train", "heldout")]
    assert {intents.choice(dialogue) for dialogue in drawn} <= set(asking.choices["intent"])


def test_the_schema_refuses_a_turn_that_is_not_there(asking: Asking) -> None:
    dialogue = generate(1, "train")
    said = answer(dialogue, random.Random(1))
    said["stage"]["turn"] = "T999"
    with pytest.raises(BadReply):
        parse(canonical(said), asking.rendered(asking.evaluate, dialogue).schema)


def test_no_occasion_is_never_a_score() -> None:
    dialogues = [generate(seed, "train") for seed in range(80)]
    for dialogue in dialogues:
        said = answer(dialogue, random.Random(0))["objection_handling"]
        assert said["occasion"] is (dialogue.truth.objection_handling is not None)
        assert said["occasion"] or said == {"occasion": False}


@pytest.mark.parametrize(("value", "rounded"), [(0, 0), (2, 0), (3, 5), (88, 90), (98, 100)])
def test_scores_go_by_fives(value: int, rounded: int) -> None:
    assert by_fives(value) == rounded


def test_the_nearest_words_survive_noise() -> None:
    assert nearest("спасибо за звонок", "ну тагда спасибо са звонок до свидания") == "спасибо са звонок"
    assert nearest("одно два три", "да") == "да"


def test_documents_are_the_same_for_the_same_seed(asking: Asking) -> None:
    assert [base_document(seed) for seed in range(20)] == [base_document(seed) for seed in range(20)]
    assert adapter_document(asking, 7) == adapter_document(asking, 7)


def test_shuffled_labels_keep_the_evidence_and_change_the_values(asking: Asking) -> None:
    changed = 0
    for seed in range(20):
        own, other = (adapter_document(asking, seed, labels_of=seed + far) for far in (0, 1000))
        assert own.read == other.read
        changed += own.learnt != other.learnt
    assert changed >= 15
