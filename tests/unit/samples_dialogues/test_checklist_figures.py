"""The figures of `auricle bench checklist`, reckoned by hand beside the bench's own."""

from pathlib import Path

import pytest
from auricle_contracts import Channel, Detection, DetectionState, Layer, Quote, Role, Span
from auricle_criteria import ErrorClass, read_classes
from auricle_samples.dialogues.written.errors import MarkedClass, MarkedDialogue
from bench.checklist_figures import Judged, f1, figures, wilson

NAME = "blame"
TURNS = ((Role.CUSTOMER, "Не работает."), (Role.AGENT, "Сами сломали."))


@pytest.fixture(scope="module")
def blame() -> ErrorClass:
    return read_classes(Path("prompts"))[NAME]


def judged(channel: Channel, *, real: bool, state: DetectionState, turn: int = 2) -> Judged:
    errors = (MarkedClass.model_validate({"class": NAME, "at": ((2, "Сами"),)}),) if real else ()
    dialogue = MarkedDialogue(id="x", lang="ru", channel=channel, domain="d", scenario="s", turns=TURNS, errors=errors)
    quotes = (Quote(turn=turn, span=Span(start=0, end=4), text="x"),) if state is DetectionState.FOUND else ()
    why = None if state in (DetectionState.FOUND, DetectionState.NOT_FOUND) else "reason"
    detection = Detection(error_class=NAME, version="v", state=state, why=why, quotes=quotes, source=Layer.RULE)
    return Judged(dialogue, {NAME: detection})


def test_counts_and_figures_of_each_channel_and_of_all(blame: ErrorClass) -> None:
    found, not_found = DetectionState.FOUND, DetectionState.NOT_FOUND
    chats = [judged(Channel.CHAT, real=True, state=found)] * 6 + [
        judged(Channel.CHAT, real=True, state=found, turn=1)
    ] * 2
    chats += [judged(Channel.CHAT, real=True, state=DetectionState.NO_OPPORTUNITY)] * 2
    chats += [judged(Channel.CHAT, real=False, state=found)] * 2 + [
        judged(Channel.CHAT, real=False, state=not_found)
    ] * 8
    call = judged(Channel.CALL, real=True, state=DetectionState.UNDETERMINED)
    by_channel = {one.channel: one for one in figures(blame, [*chats, call], [True] * 20 + [False])}
    chat = by_channel["chat"]
    assert (chat.counts.right, chat.counts.false, chat.counts.missed) == (8, 2, 2)
    assert (chat.counts.placed, chat.counts.missed_opportunity, chat.counts.opportunities) == (6, 2, 18)
    assert (chat.precision, chat.recall, chat.f1) == (0.8, 0.8, 0.8)
    assert chat.false_per_1000 == 100.0
    assert chat.floor_constant == chat.floor_tfidf == pytest.approx(2 / 3)
    assert chat.f1_95 is not None
    assert chat.f1_95[0] < 0.8 < chat.f1_95[1]
    assert not chat.counts.too_few
    assert (by_channel["all"].counts.dialogues, by_channel["all"].counts.undetermined) == (21, 1)
    alone = by_channel["call"]
    assert (alone.recall, alone.precision, alone.f1, alone.counts.too_few, alone.f1_95) == (0.0, None, 0.0, True, None)


def test_a_class_that_does_not_occur_has_no_recall(blame: ErrorClass) -> None:
    one = figures(blame, [judged(Channel.CHAT, real=False, state=DetectionState.FOUND)])
    chat = next(figure for figure in one if figure.channel == "chat")
    assert (chat.recall, chat.f1, chat.precision, chat.floor_tfidf) == (None, None, 0.0, None)
    assert f1([], []) is None


def test_wilson_is_the_published_interval() -> None:
    low, high = wilson(8, 10) or (0.0, 0.0)
    assert (round(low, 3), round(high, 3)) == (0.49, 0.943)
    assert wilson(0, 0) is None
