"""The counts of a heard call beside its truth, as `make bench-calls` adds them up."""

import json
from pathlib import Path

from auricle_asr.speech.engine import EngineFacts
from auricle_asr.speech.recognised import Recognised, TrackWords
from auricle_asr.transcriber import Transcribed
from auricle_contracts import Role, Transcript, Turn, Word
from bench.call_figures import CallTruth, errors, heard_words, pairs, roles, time_errors_ms

SAID = [
    (1, "agent", 0, "Да, слушаю"),
    (2, "customer", 1, "где мой заказ"),
    (3, "agent", 0, "едет"),
    (4, "ivr", 0, "алло"),
]


def truth(folder: Path, tracks: int) -> CallTruth:
    """A word a second."""
    at, turns = 0, []
    for turn, role, track, text in SAID:
        words = [[word, at + 1000 * n, at + 1000 * n + 500] for n, word in enumerate(text.split())]
        at += 1000 * len(words)
        turns.append({"turn": turn, "role": role, "track": track, "words": words})
    path = folder / "call.truth.json"
    path.write_text(json.dumps({"turns": turns}), "utf-8")
    return CallTruth.read(path, tracks)


def heard(*turns: tuple[Role, str, int]) -> Transcribed:
    """Turns of one track: role, text, ms of the first word."""
    made = [
        Turn(id=number, participant=role, role=role, text=text, words=tuple(
            Word(text=word, start_ms=at + 1000 * n, end_ms=at + 1000 * n + 500, confidence=1.0) for n, word in enumerate(text.split())
        ))
        for number, (role, text, at) in enumerate(turns, start=1)
    ]  # fmt: skip
    words = tuple(word for turn in made for word in turn.words)
    recognised = Recognised((TrackWords("ru", words),), heard_by=(EngineFacts("e", "cpu"),))
    return Transcribed(Transcript(conversation_id="c", turns=tuple(made)), recognised, 0.0)


def test_words_that_are_wrong_and_words_that_are_lost(tmp_path: Path) -> None:
    (track,) = truth(tmp_path, 1).tracks
    assert errors(track, "да слушаю где заказ уедет".split()) == {"words": 7, "heard": 5, "errors": 3, "lost": 2}


def test_each_track_has_its_own_words(tmp_path: Path) -> None:
    assert [[word.text for word in track] for track in truth(tmp_path, 2).tracks] == [
        ["да", "слушаю", "едет", "алло"],
        ["где", "мой", "заказ"],
    ]


def test_a_turn_is_right_by_most_of_its_words_and_not_where_nobody_knows(tmp_path: Path) -> None:
    call = truth(tmp_path, 1)
    done = heard(
        (Role.AGENT, "да слушаю", 40), (Role.CUSTOMER, "где мой", 2000), (Role.AGENT, "заказ", 4000), (Role.UNKNOWN, "уедет", 5000)
    )  # fmt: skip
    paired = pairs(call.tracks[0], heard_words(done)[0])
    found = roles(call, paired)
    assert (found["turns"], found["right"], found["unknown"], found["unheard"], found["wrong"]) == (4, 2, 1, 1, 0)
    assert (found["right_agent"], found["turns_agent"]) == (1, 2)
    assert time_errors_ms(paired) == [40, 40, 0, 0, 0]


def test_a_tie_is_not_right(tmp_path: Path) -> None:
    call = truth(tmp_path, 1)
    done = heard((Role.AGENT, "да", 0), (Role.CUSTOMER, "слушаю", 1000))
    assert roles(call, pairs(call.tracks[0], heard_words(done)[0]))["right"] == 0
