"""Conversations in which nothing is sold: no mark of a sale, evidence verbatim, every intent of the shipped list."""

from collections import Counter

import pytest
from auricle_samples.dialogues import Mark
from auricle_samples.dialogues.training.service import OUTCOMES, compose, domains

INTENTS = {"change", "cancel", "status", "question", "problem", "money", "complaint", "other"}
OF_A_SALE = {Mark.OFFER, Mark.CLOSING, Mark.BOUGHT, Mark.NEXT_STEP, Mark.LOOKS_LATER, Mark.THINKS, Mark.DECLINED}


@pytest.mark.parametrize("seed", range(80))
def test_nothing_is_sold_and_every_mark_stands_where_it_says(seed: int) -> None:
    dialogue = compose(seed, "train")
    texts = {turn.id: " ".join(turn.text.split()) for turn in dialogue.turns}
    assert not OF_A_SALE & {seen.mark for seen in dialogue.truth.seen}
    assert all(seen.quote in texts[seen.turn] for seen in dialogue.truth.seen)
    assert dialogue == compose(seed, "train")


def test_the_world_is_wide() -> None:
    drawn = [compose(seed, "train") for seed in range(600)]
    assert {dialogue.truth.intent for dialogue in drawn} == INTENTS
    assert {dialogue.scenario.split("/")[1] for dialogue in drawn} == set(OUTCOMES["warm"])
    objected = sum(dialogue.truth.objection_handling is not None for dialogue in drawn)
    assert 0.1 < objected / len(drawn) < 0.4
    polite = Counter(dialogue.truth.politeness // 25 for dialogue in drawn)
    assert all(polite[quarter] >= 25 for quarter in range(4)), polite


@pytest.mark.parametrize("language", ["ru", "en"])
def test_domains_name_only_intents_of_the_list(language: str) -> None:
    assert len(domains(language)) >= 2
    assert {intent for domain in domains(language) for intent in domain.intents} <= INTENTS
