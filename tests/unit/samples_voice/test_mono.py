"""Drawn mono calls: equal by seed, of every kind, and the two splits share no text of machines."""

import tomllib
from pathlib import Path

import pytest
from auricle_samples import mono
from auricle_samples.mono.plan import KINDS, drawn
from auricle_samples.mono.sound import seeds_of
from auricle_samples.mono.voices import cast

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
