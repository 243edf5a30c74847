"""What is drawn says what is there: states are not values, seconds without a price are not money, pieces join to the text."""

from datetime import UTC, date, datetime
from decimal import Decimal

from auricle_console.formatting import clock, moment, money, number, signed
from auricle_console.gateway import Peaks
from auricle_console.views.ledger import ledger
from auricle_console.views.sentiment import SaidMark, said_marks
from auricle_console.views.turns import MOST_TURNS, pieces, place, turn_rows
from auricle_console.views.values import grade_of, languages, show
from auricle_console.views.waveform import BARS, draw, squeeze
from auricle_console.wording import wording
from auricle_contracts import (
    Answer,
    AnswerState,
    AnswerValue,
    CostLine,
    CriterionKind,
    Digest,
    DigestLine,
    DigestStretch,
    DroppedTurn,
    Layer,
    Level,
    Quote,
    Role,
    Span,
    Step,
    Transcript,
    Turn,
    TurnTone,
    Usage,
    Word,
)
from hypothesis import given
from hypothesis import strategies as st

WORDS = wording("ru")


def answer(
    state: AnswerState, value: AnswerValue = None, kind: CriterionKind = CriterionKind.SCORE, layer: Layer = Layer.MODEL
) -> Answer:
    return Answer(criterion="politeness", title="p", layer=layer, kind=kind, state=state, value=value)


def test_not_applicable_and_undetermined_are_words_of_their_own() -> None:
    no = show(answer(AnswerState.ANSWERED, value=False, kind=CriterionKind.YES_NO), WORDS)
    absent = show(answer(AnswerState.NOT_APPLICABLE), WORDS)
    unsure = show(answer(AnswerState.UNDETERMINED), WORDS)
    assert (no.text, absent.text, unsure.text) == ("нет", "неприменимо", "не определено")
    assert absent.points is None
    assert unsure.grade == ""


def test_only_scores_of_the_model_are_graded() -> None:
    assert show(answer(AnswerState.ANSWERED, 90), WORDS).grade == "best"
    assert show(answer(AnswerState.ANSWERED, 90, layer=Layer.RULE), WORDS).grade == ""
    assert [grade_of(points) for points in (100, 84, 69, 49, 0)] == ["best", "good", "middling", "poor", "bad"]


def usage(step: Step, device: str, amount: str | None) -> CostLine:
    return CostLine(
        usage=Usage(step=step, part="model", device=device, seconds=2.0, tokens_in=10, tokens_out=1),
        amount_usd=Decimal(amount) if amount else None,
        prices_dated=date(2026, 11, 1),
    )


def test_a_laptops_seconds_are_not_money() -> None:
    laptop = ledger([usage(Step.TRANSCRIBE, "cpu", None), usage(Step.EVALUATE, "cpu", None)])
    assert laptop.total.amount_usd is None
    assert laptop.total.unpriced == ("cpu",)
    assert money(laptop.total.amount_usd, "ru") == "—"


def test_tokens_are_those_of_the_model_not_of_the_compressor() -> None:
    counted = Usage(step=Step.EVALUATE, part="compressor", device="cpu", seconds=0.1, tokens_in=900, tokens_out=300)
    asked = Usage(
        step=Step.EVALUATE, part="model", device="cpu", seconds=2, tokens_in=412, tokens_out=118, model="judge"
    )
    lines = [CostLine(usage=one, amount_usd=None, prices_dated=date(2026, 11, 1)) for one in (counted, asked)]
    assert (ledger(lines).total.tokens_in, ledger(lines).total.tokens_out) == (412, 118)


def test_speech_and_language_stand_apart() -> None:
    both = ledger(
        [usage(Step.TRANSCRIBE, "L4", "0.002"), usage(Step.EVALUATE, "L4", "0.0003"), usage(Step.EVALUATE, "cpu", None)]
    )
    assert [(group.name, group.sum.amount_usd) for group in both.groups] == [
        ("speech", Decimal("0.002")),
        ("language", Decimal("0.0003")),
    ]
    assert both.total.seconds == 6.0


def quote(start: int, end: int, text: str = "x") -> Quote:
    return Quote(turn=1, span=Span(start=start, end=end), text=text)


SPANS = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda pair: (min(pair), max(pair)))


@given(st.text(max_size=40), st.lists(SPANS, max_size=5), st.lists(st.text(min_size=1, max_size=5), max_size=5))
def test_pieces_join_to_the_text_whatever_the_quotes_and_words(
    text: str, spans: list[tuple[int, int]], spoken: list[str]
) -> None:
    heard = tuple(Word(text=one, start_ms=n, end_ms=n, confidence=0.9) for n, one in enumerate(spoken))
    turn = Turn(id=1, participant="a", role=Role.AGENT, text=text, words=heard)
    cut = pieces(turn, [(quote(span[0], span[1]), f"q{n}") for n, span in enumerate(spans)])
    assert "".join(piece.text for piece in cut) == text


def test_quotes_and_words_meet_in_pieces() -> None:
    heard = (
        Word(text="да", start_ms=5, end_ms=9, confidence=0.3),
        Word(text="нет", start_ms=20, end_ms=30, confidence=0.9),
    )
    turn = Turn(id=1, participant="a", role=Role.AGENT, text="да, нет", words=heard)
    cut = pieces(turn, [(quote(4, 7), "q1")])
    assert [(one.text, one.start_ms, one.anchors, one.heard_badly) for one in cut] == [
        ("да", 5, (), True),
        (", ", None, (), False),
        ("нет", 20, ("q1",), False),
    ]


def test_dropped_turns_have_their_reason_in_words() -> None:
    turns = tuple(
        Turn(id=n, participant="a", role=Role.AGENT, text=text) for n, text in enumerate(["Ну, да", "Угу"], start=1)
    )
    digest = Digest(
        version="v", level=Level.LIGHT, level_reason="r", lines=(DigestLine(turns=(1,), role=Role.AGENT, text="да"),),
        dropped=(DroppedTurn(turn=2, reason="backchannel"),), tokens_before=4, tokens_after=1, token_counter="c",
    )  # fmt: skip
    rows = turn_rows(Transcript(conversation_id="c", turns=turns), digest, {}, {"a": "Анна"}, WORDS)
    assert [(row.speaker, row.read, row.dropped) for row in rows] == [
        ("Анна", "да", None),
        ("Анна", None, "поддакивание"),
    ]


def test_a_turn_in_anothers_line_says_so_and_stretches_show_their_depth() -> None:
    turns = tuple(Turn(id=n, participant="a", role=Role.AGENT, text=f"Пять {n}") for n in (1, 2))
    stretches = tuple(DigestStretch(first=n, last=n, level=Level.HARD, reason="hard, 0.1 points") for n in (1, 2))
    digest = Digest(
        version="v", level=Level.HARD, level_reason="r", tokens_before=4, tokens_after=4, token_counter="c", dropped=(),
        lines=(DigestLine(turns=(1, 2), role=Role.AGENT, text="Пять 1. Пять 2"),), stretches=stretches,
    )  # fmt: skip
    rows = turn_rows(Transcript(conversation_id="c", turns=turns), digest, {}, {}, WORDS)
    assert [(row.read, row.read_with, row.stretch) for row in rows] == [
        ("Пять 1. Пять 2", None, stretches[0]),
        (None, 1, stretches[1]),
    ]


def test_a_page_holds_a_bounded_number_of_turns() -> None:
    turns = tuple(Turn(id=n, participant="a", role=Role.AGENT, text="да") for n in range(1, MOST_TURNS + 3))
    assert len(turn_rows(Transcript(conversation_id="c", turns=turns), None, {}, {}, WORDS)) == MOST_TURNS


def test_equal_quotes_share_an_anchor() -> None:
    assert place([quote(0, 1), quote(1, 2), quote(0, 1)]) == {quote(0, 1): "q1", quote(1, 2): "q2"}


def test_a_waveform_has_a_bounded_number_of_bars_and_ticks_in_place() -> None:
    peaks = Peaks(tracks=(tuple([0, 50, 100] * 1000), (0,) * 3000))
    played = Quote(turn=1, span=Span(start=0, end=1), text="x", start_ms=5000, end_ms=6000)
    drawn = draw(peaks, [Role.AGENT, Role.CUSTOMER], 10_000, {played: "q1", quote(0, 1): "q2"})
    assert [track.path.count("H") for track in drawn.tracks] == [2 * BARS, 2 * BARS]
    assert [(tick.x, tick.anchor) for tick in drawn.ticks] == [(BARS / 2, "q1")]
    assert squeeze([1, 9, 2, 3], 2) == [9, 3]
    assert draw(None, [], None, {}).tracks == ()


def test_a_rise_of_tone_is_a_band_of_the_waveform_and_a_note_at_its_turn() -> None:
    said = Turn(id=1, participant="c", role=Role.CUSTOMER, text="да", start_ms=2_000, end_ms=4_000)
    tone = TurnTone(
        turn=1, loudness_db=6.0, pitch_semitones=2.0, pitch_range_semitones=0.5, syllables_per_second=6.1,
        pause_share=0.1, tension=1.4, tense=True,
    )  # fmt: skip
    transcript = Transcript(conversation_id="x", turns=(said,), tones=(tone,))
    (row,) = turn_rows(transcript, None, {}, {}, wording("ru"))
    assert row.rise == tone
    (band,) = draw(None, [], 10_000, {}, [row.turn]).rises
    assert (band.x, band.width) == (BARS / 5, BARS / 5)
    calm = transcript.model_copy(update={"tones": (tone.model_copy(update={"tense": False}),)})
    assert turn_rows(calm, None, {}, {}, wording("ru"))[0].rise is None


def test_a_turn_in_another_language_than_the_conversations_names_it() -> None:
    turns = tuple(
        Turn(id=number, participant="c", role=Role.CUSTOMER, text="42", language=language)
        for number, language in enumerate(("ru", "en", None), start=1)
    )
    rows = turn_rows(Transcript(conversation_id="x", language="ru", turns=turns), None, {}, {}, wording("ru"))
    assert [row.foreign for row in rows] == [None, "английский", None]
    untold = turn_rows(Transcript(conversation_id="x", turns=turns), None, {}, {}, wording("ru"))
    assert [row.foreign for row in untold] == [None, None, None]


def test_words_that_a_rule_quotes_mark_their_turn_unless_nobody_can_tell() -> None:
    turns = tuple(Turn(id=n, participant="c", role=Role.CUSTOMER, text="Это ужасно.") for n in (1, 2))
    quote = Quote(turn=2, span=Span(start=4, end=10), text="ужасно")
    answer = Answer(
        criterion="negative_turns", title="", layer=Layer.RULE, kind=CriterionKind.SCORE, state=AnswerState.ANSWERED,
        value=50, quotes=(quote,),
    )  # fmt: skip
    other = answer.model_copy(update={"criterion": "greeting"})
    unsure = answer.model_copy(update={"state": AnswerState.UNDETERMINED, "value": None})
    assert said_marks([other, unsure]) == {}
    rows = turn_rows(Transcript(conversation_id="x", turns=turns), None, {}, {}, WORDS, said_marks([other, answer]))
    assert [row.said for row in rows] == [None, SaidMark("negative", "ужасно")]


def test_numbers_are_read_in_the_pages_language() -> None:
    assert (number(1234.5, "ru"), number(1234.5, "en"), number(None, "en")) == ("1\u202f234,5", "1\u202f234.5", "—")
    assert (clock(None), clock(61_000), clock(3_661_000)) == ("—", "1:01", "1:01:01")
    assert (money(Decimal("0.000644"), "en"), money(Decimal("12.3"), "en")) == ("$0.000644", "$12.30")
    assert (money(Decimal("0.000644"), "ru"), number(-0.65, "ru", 2)) == ("$0,000644", "−0,65")


def test_a_moment_has_its_year_and_its_zone() -> None:
    at = datetime(2026, 11, 29, 22, 19, tzinfo=UTC)
    assert moment(at, wording("ru", "Europe/Moscow")) == "30 нояб. 2026, 01:19 MSK"
    assert moment(at, wording("en")) == "29 Nov 2026, 22:19 UTC"
    assert moment(at, wording("en", "Asia/Almaty")) == "30 Nov 2026, 03:19 UTC+05"
    assert moment(at, wording("ru"), zone=False) == "29 нояб. 2026, 22:19"


def test_a_sign_is_one_and_a_decimal_mark_the_languages_own() -> None:
    assert (signed(-1.6, "ru"), signed(2.0, "en"), signed(0.0, "ru")) == ("\u22121,6", "+2", "0")


def test_languages_have_names_in_the_pages_language() -> None:
    assert languages("en 85%, other 15%", wording("ru")) == "английский 85 %, прочее 15 %"
    assert languages("ru 55%, en 45%", wording("en")) == "Russian 55 %, English 45 %"
    assert languages("zzz 1%", wording("en")) == "zzz 1 %"
