"""The second held-out scripts: one track each, of the kinds that were ordered, strange to both sets before them, and whole as files."""

import itertools
import json
import subprocess
import sys
from pathlib import Path

import av
import pytest
from auricle_contracts import ConversationIn, Role
from auricle_samples.voice import scripted
from auricle_samples.voice.cast import ROLES, SECOND_HELD_OUT, SPEAKERS
from auricle_samples.voice.recording import Call
from auricle_samples.voice.scripted import Script
from unit.samples_voice.read_scripts import can_be_read, hurried, paced, parts_of, phrases

SCRIPTS = {path.stem: scripted.read(path) for path in sorted(scripted.SECOND_HELD_OUT_SCRIPTS.glob("*.toml"))}
BEFORE = {
    path.stem: scripted.read(path)
    for folder in (scripted.SCRIPTS, scripted.HELD_OUT_SCRIPTS)
    for path in folder.glob("*.toml")
}
NEAR_PITCH, NEAR_FORMANTS = 1.1, 1.03


@pytest.fixture(scope="module")
def calls() -> dict[str, Call]:
    numbered = enumerate(SCRIPTS.items(), scripted.SECOND_HELD_OUT_FIRST)
    return {name: scripted.recorded(script, seed, paced) for seed, (name, script) in numbered}


def words_of(script: Script, role: Role) -> int:
    return sum(len(text.split()) for who, text, _ in script.turns if ROLES[who] is role)


def is_near(script: Script) -> bool:
    """Whether agent and customer are the same voice of festival, hardly moved."""
    one, other = (SPEAKERS[script.cast[part]] for part in ("agent", "customer"))
    pitch, formants = (max(ratio, 1 / ratio) for ratio in (one.pitch / other.pitch, one.formants / other.formants))
    return one.voice == other.voice and pitch <= NEAR_PITCH and formants <= NEAR_FORMANTS


def test_there_are_fourteen_of_one_track_and_of_the_kinds_that_were_ordered() -> None:
    languages = [one.language for one in SCRIPTS.values()]
    assert (languages.count("ru"), languages.count("en")) == (10, 4)
    assert {one.tracks for one in SCRIPTS.values()} == {1}
    parts = [set(parts_of(one)) for one in SCRIPTS.values()]
    assert sum("ivr" in one for one in parts) == 2
    assert sum("second_agent" in one for one in parts) == 1
    assert sum("voicemail" in one for one in parts) == 1
    talkers = [one for one in SCRIPTS.values() if words_of(one, Role.CUSTOMER) > 2 * words_of(one, Role.AGENT)]
    assert len(talkers) == 2, "the customer talks more than the agent"
    assert sum(one.direction == "outbound" for one in SCRIPTS.values()) == 3, "one is taken by a machine"
    assert sum("customer" in one.cast and is_near(one) for one in SCRIPTS.values()) == 3
    assert sum(options.hold for one in SCRIPTS.values() for *_, options in one.turns) == 1
    short = sum(len(text.split()) == 1 for one in SCRIPTS.values() for _, text, _ in one.turns)
    assert short >= 30, "answers of one word"


def test_they_share_neither_trade_nor_phrase_nor_voice_with_the_sets_before_them() -> None:
    assert len({one.line for one in SCRIPTS.values()} - {one.line for one in BEFORE.values()}) == len(SCRIPTS)
    assert not phrases(SCRIPTS) & phrases(BEFORE)
    voices = {one.speaker(number) for one in SCRIPTS.values() for number in range(len(one.turns))}
    assert voices == set(SECOND_HELD_OUT.values())
    assert not voices & {one.speaker(number) for one in BEFORE.values() for number in range(len(one.turns))}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_synthesiser_can_read_it(name: str) -> None:
    can_be_read(SCRIPTS[name])


@pytest.mark.parametrize("name", SCRIPTS)
def test_it_is_as_long_as_a_call_and_no_side_talks_over_itself(name: str, calls: dict[str, Call]) -> None:
    assert 38 <= calls[name].length_s <= 240
    for track in (0, 1):
        mine = [turn for turn in calls[name].turns if turn.track == track]
        for before, after in itertools.pairwise(mine):
            assert before.words[-1].end_s <= after.words[0].start_s + 0.001


def test_written_files_are_whole(tmp_path: Path) -> None:
    scripted.make_second_held_out(tmp_path, hurried)
    assert {path.name.split(".")[0] for path in tmp_path.iterdir()} == set(SCRIPTS)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 6_000_000
    for name, script in SCRIPTS.items():
        about = ConversationIn.model_validate_json((tmp_path / f"{name}.json").read_bytes())
        truth = json.loads((tmp_path / f"{name}.truth.json").read_bytes())
        (recording,) = (path for path in tmp_path.glob(f"{name}.*") if path.suffix != ".json")
        with av.open(str(recording)) as container:
            assert container.streams.audio[0].channels == 1
        assert {one.track for one in about.participants} == {None}
        assert [Role(turn["role"]) for turn in truth["turns"]] == [ROLES[who] for who, *_ in script.turns]
        assert [turn["written"] for turn in truth["turns"]] == [scripted.written(text) for _, text, _ in script.turns]
        for turn in truth["turns"]:
            assert turn["words"]
            assert 0 <= turn["start_ms"] <= turn["end_ms"] <= truth["duration_ms"]


def test_the_command_refuses_them_without_scripts(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "auricle_samples.voice", str(tmp_path), "--split", "heldout-second"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--scripts" in done.stderr
    assert not list(tmp_path.iterdir())
