"""From words on tracks to turns of participants."""

from typing import Any

import numpy as np
from auricle_asr.speech.engine import EngineFacts
from auricle_asr.speech.recognised import Recognised, TrackWords
from auricle_asr.transcription.speakers import Machines, Speakers
from auricle_asr.transcription.transcript import (
    LOW_CONFIDENCE,
    NO_SPEECH,
    ROLES_GUESSED,
    TEXT_DROPPED,
    WORDS_MISSING,
    Call,
    TranscriptRules,
    write,
)
from auricle_asr.transcription.utterances import _interjected, of_one_track, of_two_tracks
from auricle_asr.wiring import cue_book
from auricle_contracts import Direction, Participant, Role, Transcript, Word

ENGINE = EngineFacts("test/engine", "cpu", demo_weights=True)


def words(text: str, start_ms: int, confidence: float = 0.9) -> tuple[Word, ...]:
    """300 ms a word."""
    return tuple(
        Word(text=word, start_ms=start_ms + n * 300, end_ms=start_ms + n * 300 + 280, confidence=confidence)
        for n, word in enumerate(text.split())
    )


def written(
    tracks: list[tuple[Word, ...]],
    participants: tuple[Participant, ...] = (),
    rules: TranscriptRules | None = None,
    languages: tuple[str, ...] = ("ru", "ru"),
    **engine_work: Any,
) -> Transcript:
    recognised = Recognised(
        tuple(TrackWords(language, said) for language, said in zip(languages, tracks, strict=False)),
        windows=2, speech_seconds=5.0, **engine_work,
    )  # fmt: skip
    call = Call("c1", 2, Direction.INBOUND, participants)
    return write(call, recognised, ENGINE, cue_book(), rules or TranscriptRules(), duration_ms=9000, flags=("damaged",))


AGENT = words("добрый день чем могу помочь", 0)
CUSTOMER = words("здравствуйте я заказывала диван", 1700)
BACK = words("сейчас проверю", 5000)
NAMED = (Participant(id="op", role=Role.AGENT, track=1), Participant(id="kl", role=Role.CUSTOMER, track=0))


def test_what_a_machine_says_on_the_agents_track_is_no_agents_turn() -> None:
    machine = words("вы дозвонились в банк нажмите один", 0)
    agent = words("добрый день чем могу помочь", 2500)
    recognised = Recognised((TrackWords("ru", ()), TrackWords("ru", machine + agent)), windows=2, speech_seconds=5.0)
    found = write(
        Call("c1", 1, Direction.INBOUND, NAMED), recognised, ENGINE, cue_book(), TranscriptRules(), duration_ms=9000, flags=(),
        machines=(None, Machines(np.array([0.9] * 6 + [0.1] * 5), is_bot=False)),
    )  # fmt: skip
    assert [(turn.participant, turn.role, turn.role_confidence) for turn in found.turns] == [
        ("ivr", Role.IVR, 0.9), ("op", Role.AGENT, 1.0),
    ]  # fmt: skip


def test_of_two_agents_the_second_speaks_after_the_hand_over() -> None:
    agents = tuple(Participant(id=name, role=Role.AGENT) for name in ("first", "second"))
    said = AGENT + CUSTOMER + words("сейчас проверю", 5000)
    roles = np.array([[1.0, 0, 0]] * len(AGENT) + [[0, 1.0, 0]] * len(CUSTOMER) + [[1.0, 0, 0]] * 2)
    voices = np.array([0] * len(AGENT) + [1] * len(CUSTOMER) + [3] * 2)
    told = Speakers(roles, voices, second=(voices == 3).astype(float), apart=3.0, is_bot=False)
    found = write(
        Call("c1", 1, Direction.INBOUND, agents), Recognised((TrackWords("ru", said),)), ENGINE, cue_book(), TranscriptRules(),
        duration_ms=9000, flags=(), told=told,
    )  # fmt: skip
    assert [turn.participant for turn in found.turns] == ["first", "customer", "second"]


def test_a_turn_has_the_language_that_most_of_its_words_were_said_in() -> None:
    russian, english = words("одну минуту", 4000), words("yes I see your parcel here", 0)
    track = TrackWords("ru", english + russian, said_in=dict.fromkeys(english, "en"))
    call = Call("c1", 1, Direction.INBOUND, ())
    found = write(call, Recognised((track,)), ENGINE, cue_book(), TranscriptRules(), duration_ms=9000, flags=())
    assert [(turn.text, turn.language) for turn in found.turns] == [
        ("yes I see your parcel here", "en"),
        ("одну минуту", "ru"),
    ]
    assert found.language == "en"


def test_the_call_says_who_is_on_which_track() -> None:
    found = written([CUSTOMER, AGENT + BACK], NAMED)
    assert [(turn.id, turn.participant, turn.role) for turn in found.turns] == [
        (1, "op", "agent"),
        (2, "kl", "customer"),
        (3, "op", "agent"),
    ]
    assert found.turns[0].text == "добрый день чем могу помочь"
    assert {turn.role_confidence for turn in found.turns} == {1.0}
    assert found.flags == ("damaged",)
    assert (found.engine, found.demo_weights, found.revision, found.duration_ms) == ("test/engine", True, 2, 9000)


def test_one_named_track_names_the_other() -> None:
    found = written([CUSTOMER, AGENT], (NAMED[0], Participant(id="kl", role=Role.CUSTOMER)))
    assert [turn.participant for turn in found.turns] == ["op", "kl"]
    found = written([CUSTOMER, AGENT], NAMED[:1])
    assert [turn.participant for turn in found.turns] == ["op", "customer"]


def test_a_setting_says_it_where_the_call_does_not() -> None:
    found = written([CUSTOMER, AGENT], rules=TranscriptRules(agent_track=0))
    assert [turn.role for turn in found.turns] == ["customer", "agent"]


def test_else_the_words_say_it_and_it_is_flagged() -> None:
    found = written([CUSTOMER, AGENT])
    assert [turn.role for turn in found.turns] == ["agent", "customer"]
    assert ROLES_GUESSED in found.flags


def test_tracks_of_two_languages() -> None:
    found = written([words("i would like one", 2000), AGENT], NAMED, languages=("en", "ru"))
    assert [turn.language for turn in found.turns] == ["ru", "en"]
    assert found.language == "ru"


def test_an_interjection_cuts_the_other_sides_turn() -> None:
    long = words("я хотел бы узнать", 0) + words("сколько стоит", 1600)
    found = of_two_tracks([long, words("угу", 1250)])
    assert [(one.track, one.text) for one in found] == [(0, "я хотел бы узнать"), (1, "угу"), (0, "сколько стоит")]


def test_a_short_pause_alone_cuts_nothing() -> None:
    assert len(of_two_tracks([words("раз два", 0) + words("три", 1000), ()])) == 1


class Counting(list[int]):
    """A list that knows how often it was looked at."""

    looks = 0

    def __getitem__(self, at: Any) -> Any:
        self.looks += 1
        return super().__getitem__(at)


def test_an_interjection_is_found_without_a_walk_through_the_other_side() -> None:
    """A call of four hours has 20,000 words a side."""
    others = Counting(range(0, 20_000 * 700, 700))
    before, after = words("я хотел", 7_000_000), words("узнать", 7_000_900)
    assert _interjected(before[-1], after[0], others)
    assert not _interjected(before[0], before[1].model_copy(update={"start_ms": before[0].end_ms}), others[:1])
    assert others.looks < 40


def test_mono_turns_end_at_pauses_and_sooner_after_a_sentence() -> None:
    said = (*words("добрый день.", 0), *words("здравствуйте я", 900), *words("хотел", 1800), *words("да", 3000))
    assert [one.text for one in of_one_track(said)] == ["добрый день.", "здравствуйте я хотел", "да"]


def test_mono_roles_below_the_threshold_are_unknown() -> None:
    found = written([words("лямбда кси", 0) + words("йота", 3000)], languages=("ru",))
    assert {turn.role for turn in found.turns} == {Role.UNKNOWN}
    assert {turn.participant for turn in found.turns} == {"unknown"}


def test_neighbours_of_one_speaker_are_one_turn() -> None:
    found = written([(), words("добрый день", 0) + words("чем могу помочь", 1500)], NAMED)
    assert [turn.text for turn in found.turns] == ["добрый день чем могу помочь"]
    assert len(found.turns[0].words) == 5


def test_somebody_who_looks_for_a_word_has_not_ended_the_turn() -> None:
    pause = words("хотели бы", 3000)
    assert [turn.text for turn in written([(), words("ну мы", 0) + pause], NAMED).turns] == ["ну мы хотели бы"]
    assert len(written([(), words("ну мы.", 0) + pause], NAMED).turns) == 2
    assert len(written([(), words("ну мы", 0) + words("хотели бы", 4000)], NAMED).turns) == 2


def test_speech_without_words_is_flagged_from_three_seconds_or_three_per_cent_on() -> None:
    def flags(speech_s: float, missing_s: float) -> tuple[str, ...]:
        track = TrackWords("ru", AGENT, speech_s=speech_s, missing_s=missing_s)
        return write(
            Call("c1", 1, Direction.INBOUND, NAMED), Recognised((track, TrackWords("ru"))), ENGINE, cue_book(), TranscriptRules(),
            duration_ms=9000, flags=(),
        ).flags  # fmt: skip

    assert WORDS_MISSING in flags(60, 3.5)
    assert WORDS_MISSING not in flags(60, 2.5)
    assert WORDS_MISSING not in flags(600, 17)
    assert WORDS_MISSING in flags(600, 19)


def test_no_words_are_no_turns() -> None:
    found = written([(), ()], NAMED)
    assert found.turns == ()
    assert NO_SPEECH in found.flags
    assert found.language is None


def test_low_confidence_is_flagged_and_high_is_not() -> None:
    assert LOW_CONFIDENCE in written([words("раз два три", 0, confidence=0.3), ()], NAMED).flags
    assert LOW_CONFIDENCE in written([AGENT, ()], NAMED, failed=2).flags, "most windows failed every temperature"
    assert LOW_CONFIDENCE not in written([AGENT, ()], NAMED).flags


def test_text_that_was_not_believed_is_flagged() -> None:
    assert TEXT_DROPPED in written([AGENT, ()], NAMED, dropped={"invention": 1}).flags
    assert TEXT_DROPPED not in written([AGENT, ()], NAMED).flags


def test_no_role_is_guessed_from_words_that_are_not_believed() -> None:
    misheard = words("добрый день чем могу помочь", 0, confidence=0.3)
    found = written([misheard, words("хочу отменить заказ", 2000, confidence=0.3)])
    assert {turn.role for turn in found.turns} == {Role.UNKNOWN}
    named = written([misheard, ()], (NAMED[1], NAMED[0]))
    assert {turn.role for turn in named.turns} == {Role.CUSTOMER}, "the call's own word stands"
