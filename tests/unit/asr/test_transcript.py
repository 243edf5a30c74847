"""From words on tracks to turns of participants."""

from auricle_asr.speech.engine import EngineFacts
from auricle_asr.speech.listening import Listened, TrackWords
from auricle_asr.transcription.transcript import LOW_CONFIDENCE, NO_SPEECH, ROLES_GUESSED, Call, TranscriptRules, write
from auricle_asr.transcription.utterances import of_one_track, of_two_tracks
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
    failed: int = 0,
) -> Transcript:
    listened = Listened(
        tuple(TrackWords(language, said) for language, said in zip(languages, tracks, strict=False)),
        windows=2, failed=failed, speech_seconds=5.0,
    )  # fmt: skip
    call = Call("c1", 2, Direction.INBOUND, participants)
    return write(call, listened, ENGINE, cue_book(), rules or TranscriptRules(), duration_ms=9000, flags=("damaged",))


AGENT = words("добрый день чем могу помочь", 0)
CUSTOMER = words("здравствуйте я заказывала диван", 1700)
BACK = words("сейчас проверю", 5000)
NAMED = (Participant(id="op", role=Role.AGENT, track=1), Participant(id="kl", role=Role.CUSTOMER, track=0))


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


def test_mono_turns_end_at_pauses_and_sooner_after_a_sentence() -> None:
    said = (*words("добрый день.", 0), *words("здравствуйте я", 900), *words("хотел", 1800), *words("да", 3000))
    assert [one.text for one in of_one_track(said)] == ["добрый день.", "здравствуйте я хотел", "да"]


def test_mono_roles_below_the_threshold_are_unknown() -> None:
    found = written([words("раз два", 0) + words("три", 3000)], languages=("ru",))
    assert {turn.role for turn in found.turns} == {Role.UNKNOWN}
    assert {turn.participant for turn in found.turns} == {"unknown"}


def test_neighbours_of_one_speaker_are_one_turn() -> None:
    found = written([(), words("добрый день", 0) + words("чем могу помочь", 1500)], NAMED)
    assert [turn.text for turn in found.turns] == ["добрый день чем могу помочь"]
    assert len(found.turns[0].words) == 5


def test_no_words_are_no_turns() -> None:
    found = written([(), ()], NAMED)
    assert found.turns == ()
    assert NO_SPEECH in found.flags
    assert found.language is None


def test_low_confidence_is_flagged_and_high_is_not() -> None:
    assert LOW_CONFIDENCE in written([words("раз два три", 0, confidence=0.3), ()], NAMED).flags
    assert LOW_CONFIDENCE in written([AGENT, ()], NAMED, failed=2).flags, "most windows failed every temperature"
    assert LOW_CONFIDENCE not in written([AGENT, ()], NAMED).flags


def test_no_role_is_guessed_from_words_that_are_not_believed() -> None:
    misheard = words("добрый день чем могу помочь", 0, confidence=0.3)
    found = written([misheard, words("хочу отменить заказ", 2000, confidence=0.3)])
    assert {turn.role for turn in found.turns} == {Role.UNKNOWN}
    named = written([misheard, ()], (NAMED[1], NAMED[0]))
    assert {turn.role for turn in named.turns} == {Role.CUSTOMER}, "the call's own word stands"
