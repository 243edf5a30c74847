"""Held-out scripts: of every kind that they are to measure, strange to the sample calls in words and voices, and of a call's length."""

import itertools
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from auricle_contracts import ConversationIn, Role
from auricle_samples.voice import scripted
from auricle_samples.voice.cast import HELD_OUT, SAMPLES, SPEAKERS
from auricle_samples.voice.line import TELEPHONE_HZ
from auricle_samples.voice.recording import TONE_S, Call
from auricle_samples.voice.scripted import Script
from pydantic import ValidationError
from unit.samples_voice.read_scripts import can_be_read, hurried, paced, parts_of, phrases

SCRIPTS = {path.stem: scripted.read(path) for path in sorted(scripted.HELD_OUT_SCRIPTS.glob("*.toml"))}
SAMPLE_SCRIPTS = {path.stem: scripted.read(path) for path in scripted.SCRIPTS.glob("*.toml")}


@pytest.fixture(scope="module")
def calls() -> dict[str, Call]:
    numbered = enumerate(SCRIPTS.items(), scripted.HELD_OUT_FIRST)
    return {name: scripted.recorded(script, seed, paced) for seed, (name, script) in numbered}


def test_there_are_twelve_of_the_kinds_that_were_ordered() -> None:
    in_two = {name for name, one in SCRIPTS.items() if {options.language for *_, options in one.turns} - {None}}
    languages = Counter(one.language for name, one in SCRIPTS.items() if name not in in_two)
    assert (languages, len(in_two)) == ({"ru": 9, "en": 2}, 1)
    assert Counter(one.tracks for one in SCRIPTS.values()) == {1: 8, 2: 4}
    assert [one.tracks for one in SCRIPTS.values() if one.leak_db is not None] == [2]
    assert {one.form for one in SCRIPTS.values()} == {"alaw", "mulaw", "mp3", "opus", "flac", "aac"}
    assert {one.direction.value for one in SCRIPTS.values()} == {"inbound", "outbound"}


def test_what_makes_calls_hard_is_there_more_than_once() -> None:
    turns = [turn for one in SCRIPTS.values() for turn in one.turns]
    assert sum(options.hold for *_, options in turns) >= 5
    assert sum((options.gap_s or 0) <= -0.5 for *_, options in turns) >= 8, "interruptions"
    assert sum((options.gap_s or 0) <= -2 for *_, options in turns) >= 2, "assents in the middle of a turn"
    assert sum((options.gap_s or 0) >= 6 for *_, options in turns) >= 4, "silence"
    assert sum(len(text.split()) <= 2 for _, text, _ in turns) >= 40, "short turns"
    parts = [set(parts_of(one)) for one in SCRIPTS.values()]
    assert sum("ivr" in one for one in parts) >= 3
    assert sum("second_agent" in one for one in parts) >= 2
    assert {"voicemail", "agent"} in parts
    assert sum(parts_of(one)[0] == "customer" for one in SCRIPTS.values()) >= 3, "the customer speaks first"


def test_they_share_neither_trade_nor_phrase_nor_voice_with_the_sample_calls() -> None:
    assert not {one.line for one in SCRIPTS.values()} & {one.line for one in SAMPLE_SCRIPTS.values()}
    assert len({one.line for one in SCRIPTS.values()}) == len(SCRIPTS)
    assert not phrases(SCRIPTS) & phrases(SAMPLE_SCRIPTS)
    for place in (0, -1):
        ours, theirs = ({one.turns[place][1] for one in some.values()} for some in (SCRIPTS, SAMPLE_SCRIPTS))
        assert not ours & theirs
    voices = {one.speaker(number) for one in SCRIPTS.values() for number in range(len(one.turns))}
    assert voices == set(HELD_OUT.values())
    assert not voices & set(SAMPLES.values())
    assert len(set(SPEAKERS.values())) == len(SPEAKERS)


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_synthesiser_can_read_it(name: str) -> None:
    can_be_read(SCRIPTS[name])


@pytest.mark.parametrize("name", SCRIPTS)
def test_it_is_as_long_as_a_call_and_no_track_talks_over_itself(name: str, calls: dict[str, Call]) -> None:
    call = calls[name]
    assert 60 <= call.length_s <= 180
    for track in (0, 1):
        mine = [turn for turn in call.turns if turn.track == track]
        for before, after in itertools.pairwise(mine):
            assert before.words[-1].end_s <= after.words[0].start_s + 0.001


def test_what_was_ordered_as_overlap_is_heard_as_one(calls: dict[str, Call]) -> None:
    for name, script in SCRIPTS.items():
        for number, (_, _, options) in enumerate(script.turns):
            if (options.gap_s or 0) <= -0.5:
                before, after = calls[name].turns[number - 1 : number + 1]
                assert after.words[0].start_s < before.words[-1].end_s, f"{name}, turn {number + 1}"


def test_a_tone_is_heard_on_the_track_of_its_turn(calls: dict[str, Call]) -> None:
    turn = next(turn for turn in calls["h05-ru-airline"].turns if turn.track == 1)
    begin = int((turn.words[-1].end_s + 0.45) * TELEPHONE_HZ)
    heard = np.abs(np.fft.rfft(calls["h05-ru-airline"].tracks[1, begin : begin + int(0.1 * TELEPHONE_HZ)]))
    assert int(heard.argmax()) == 100, "1 kHz in a tenth of a second"
    assert TONE_S == 0.5


def test_written_files_tell_machines_and_second_agents_apart(tmp_path: Path) -> None:
    scripted.make_held_out(tmp_path, hurried)
    assert {path.name.split(".")[0] for path in tmp_path.iterdir()} == set(SCRIPTS), "no damaged recording"
    for name, script in SCRIPTS.items():
        about = ConversationIn.model_validate_json((tmp_path / f"{name}.json").read_bytes())
        truth = json.loads((tmp_path / f"{name}.truth.json").read_bytes())
        roles = {one.id: one.role for one in about.participants}
        said = [turn.get("participant", turn["role"]) for turn in truth["turns"]]
        assert said == parts_of(script)
        assert set(roles) == set(said)
        assert all(roles[one] == turn["role"] for one, turn in zip(said, truth["turns"], strict=True))
        assert roles.get("second_agent", Role.AGENT) is Role.AGENT
        assert {roles.get("ivr", Role.IVR), roles.get("voicemail", Role.IVR)} == {Role.IVR}


@pytest.mark.parametrize(
    "changes",
    [{"cast": {"agent": "anna"}}, {"cast": {"agent": "anna", "customer": "nobody"}}, {"direction": "sideways"}],
)
def test_a_script_of_unknown_voices_or_silent_parts_is_refused(changes: dict[str, object]) -> None:
    values = SCRIPTS["h02-ru-theatre"].model_dump() | changes
    with pytest.raises(ValidationError):
        Script.model_validate(values)
