"""The third held-out scripts: one track each, of people and machines that no set before them has, and every word can be read."""

from auricle_samples.voice import scripted
from auricle_samples.voice.cast import ROLES
from unit.samples_voice.read_scripts import phrases

SCRIPTS = {path.stem: scripted.read(path) for path in sorted(scripted.THIRD_HELD_OUT_SCRIPTS.glob("*.toml"))}
FOLDERS = (scripted.SCRIPTS, scripted.HELD_OUT_SCRIPTS, scripted.SECOND_HELD_OUT_SCRIPTS, scripted.DEVELOPMENT_SCRIPTS)


def test_there_are_twelve_of_one_track_each() -> None:
    assert len(SCRIPTS) == 12
    assert {script.tracks for script in SCRIPTS.values()} == {1}
    assert {script.language for script in SCRIPTS.values()} == {"ru", "en"}


def test_everybody_who_speaks_is_cast_and_has_a_role() -> None:
    for script in SCRIPTS.values():
        assert {who for who, _, _ in script.turns} <= set(script.cast) & set(ROLES)


def test_no_phrase_is_of_another_set() -> None:
    before = {str(path): scripted.read(path) for folder in FOLDERS for path in folder.glob("*.toml")}
    assert not phrases(SCRIPTS) & phrases(before)
