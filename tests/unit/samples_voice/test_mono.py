"""Drawn mono calls: equal by seed, of every kind, and the two splits share no text of machines."""

import tomllib
from pathlib import Path

import pytest
from auricle_samples import mono
from auricle_samples.dialogues.written import read_training
from auricle_samples.mono import written
from auricle_samples.mono.plan import KINDS, drawn
from auricle_samples.mono.sound import seeds_of
from auricle_samples.mono.voices import cast
from auricle_samples.voice.scripted import sentences

MATERIAL = tomllib.loads((Path(mono.__file__).parent / "material.toml").read_text("utf-8"))
MACHINES = {"machine_first": "ivr", "bot": "bot", "voicemail": "voicemail"}


@pytest.mark.parametrize("seed", range(len(KINDS)))
def test_a_seed_is_one_call(seed: int) -> None:
    plan = drawn("tune", seed)
    assert plan == drawn("tune", seed)
    assert cast(plan) == cast(drawn("tune", seed))
    assert plan.turns != drawn("check", seed).turns
    assert plan.kind == KINDS[seed]
    parts = {said.who for said in plan.turns}
    assert MACHINES.get(plan.kind, "agent") in parts
    assert ("second_agent" in parts) == (plan.kind == "transfer")


def test_voices_near_to_each_other_are_of_one_base_and_not_equal() -> None:
    plan = drawn("tune", KINDS.index("near"))
    speakers = cast(plan)
    agent, customer = speakers["agent", plan.language], speakers["customer", plan.language]
    assert agent.voice == customer.voice
    assert 1.03 < max(agent.pitch / customer.pitch, customer.pitch / agent.pitch) < 1.13


@pytest.mark.parametrize("language", ["ru", "en"])
def test_what_is_tuned_on_is_not_what_is_checked_on(language: str) -> None:
    splits = [MATERIAL[language][split].values() for split in ("tune", "check")]
    tune, check = ({text for texts in split for text in texts if len(text) > 25} for split in splits)
    assert tune
    assert not tune & check
    assert set(MATERIAL[language]["tune"]) == set(MATERIAL[language]["check"])
    assert not set(seeds_of(400, "tune")) & set(seeds_of(400, "check"))


def test_written_calls_are_kept_from_those_who_learn_words_of_sides() -> None:
    plans = written.plans()
    kept = written.kept_out(read_training())
    assert len(plans) == len(kept) > 30
    assert {plan.kind for plan in plans} == {"two", "near", "one_side"}
    assert all(any(map(str.isalpha, part)) for plan in plans for said in plan.turns for part in sentences(said.text))


def test_a_recording_of_one_side_is_silent_while_the_other_speaks() -> None:
    plan = next(plan for plan in written.plans() if plan.kind == "one_side")
    assert len({said.who for said in plan.turns}) == 1
    assert max(said.gap_s or 0.0 for said in plan.turns) > 1.0
