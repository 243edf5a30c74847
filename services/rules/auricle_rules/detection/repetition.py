"""Classes about saying a thing again: a message sent twice, a template of other conversations, a question that was answered."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from auricle_contracts import Channel, Role
from auricle_contracts.masking import PLACEHOLDER
from auricle_criteria.detectors import Detector
from rapidfuzz import fuzz

from auricle_rules.answering.pace import is_repeated
from auricle_rules.detection.addressing.address import SIGNATURE
from auricle_rules.detection.marks import FAREWELLS, GREETINGS, Dialogue, Marks, turns_of
from auricle_rules.detection.verdict import NO_OPPORTUNITY, Verdict, found

LEAST_WORDS, MOST_GREETING_WORDS = 4, 5
LEAST_LETTERS = 5  # of a word that tells what somebody writes about
INSIDE_RATIO = 88  # per cent of the shorter message's letters
MOST_COMPARED = 50
_DIGITS = re.compile(r"\d+")
_FIELD = re.compile(r"\[[A-ZА-ЯЁ_]+\]")  # a placeholder as messages are compared, without its number


@dataclass(frozen=True)
class Repeat:
    """A message of the agent and the past one that it says again: by turn, or by the earlier conversation's id."""

    turn: int
    said: str
    past: str
    source: str

    @property
    def similarity(self) -> float:
        """1: letter by letter the same."""
        return fuzz.ratio(self.said, self.past) / 100

    @property
    def variables(self) -> int:
        """How many numbers the message holds."""
        return len(_DIGITS.findall(self.said))

    @property
    def is_personal(self) -> bool:
        """Whether it holds a number that the past one lacks, or a masked detail of a person."""
        fresh = set(_DIGITS.findall(self.said)) - set(_DIGITS.findall(self.past))
        return bool(fresh) or PLACEHOLDER.search(self.said) is not None or _FIELD.search(self.said) is not None

    def __str__(self) -> str:
        personal = "personalised" if self.is_personal else "not personalised"
        return f"{self.source}, similarity {self.similarity:.2f}, variables {self.variables}, {personal}"


def repeated(_: Detector, marks: Marks, dialogue: Dialogue) -> Verdict:
    """A message that is nearly an earlier one of the agent, without new numbers, and not asked for."""
    if dialogue.context.channel is Channel.CALL or len(dialogue.of(Role.AGENT)) < 2:
        return NO_OPPORTUNITY
    own = [turn for turn in dialogue.of(Role.AGENT) if len(dialogue.turns[turn].tokens) >= LEAST_WORDS][:MOST_COMPARED]
    asked = turns_of(marks["asked"], dialogue)
    return _told(dialogue, _repeats(dialogue, own, asked))


def _repeats(dialogue: Dialogue, own: Sequence[int], asked: set[int]) -> Iterator[Repeat]:
    bodies = {turn: _body(dialogue.turns[turn].turn.text) for turn in own}
    for number, turn in enumerate(own):
        if dialogue.near(turn, Role.CUSTOMER, -1) in asked:
            continue
        said = bodies[turn]
        for past in own[:number]:
            before = bodies[past]
            if is_repeated(said, before) or _is_inside(said, before):
                yield Repeat(turn, said, before, f"turn {dialogue.turns[past].turn.id}")
                break


def _body(text: str) -> str:
    """A letter without its greeting line and all from the signature on; other messages as they are."""
    if "\n" not in text.strip():
        return text
    signature = SIGNATURE.search(text)
    lines = (text[: signature.start()] if signature else text).strip().split("\n")
    greets = (
        len(lines) > 1 and len(lines[0].split()) <= MOST_GREETING_WORDS and lines[0].rstrip().endswith((",", "!", "."))
    )
    return "\n".join(lines[1:] if greets else lines).strip()


def _is_inside(said: str, past: str) -> bool:
    """Whether one of the messages stands in the other nearly word by word, and is half of it at least."""
    short, long = sorted((said.lower(), past.lower()), key=len)
    if len(short.split()) < LEAST_WORDS or 2 * len(short) < len(long):
        return False
    return fuzz.partial_ratio(short, long, score_cutoff=INSIDE_RATIO) > 0


def _told(dialogue: Dialogue, repeats: Iterable[Repeat]) -> Verdict:
    """What repeats and is not personalised, with what the article's algorithm says of each."""
    plain = [one for one in repeats if not one.is_personal]
    return found((dialogue.whole(one.turn) for one in plain), "; ".join(map(str, plain)) or None)


def templates(_: Detector, marks: Marks, dialogue: Dialogue) -> Verdict:
    """Messages that are nearly what the agent sent in an earlier conversation, or that by their words or the customer's go to everybody."""
    if dialogue.context.channel is Channel.CALL:
        return NO_OPPORTUNITY
    places = {read.turn.id: place for place, read in enumerate(dialogue.turns) if read.tokens}
    repeats: dict[int, Repeat] = {}
    for one in dialogue.context.past or ():
        if one.turn in places and one.turn not in repeats and is_repeated(one.said, one.text):
            repeats[one.turn] = Repeat(places[one.turn], one.said, one.text, f"conversation {one.conversation_id}")
    hits = turns_of((*marks["everybody"], *marks["formulas"]), dialogue) if dialogue.context.past is None else set()
    general = {turn for turn in hits if _fits_all(dialogue, turn)}
    shown = general | _answered_by(dialogue, turns_of(marks["told"], dialogue))
    plain = _told(dialogue, repeats.values())
    if plain.quotes or not shown:
        return NO_OPPORTUNITY if dialogue.context.past is None and not plain.quotes else plain
    return found(dialogue.whole(turn) for turn in sorted(shown))


def _fits_all(dialogue: Dialogue, turn: int) -> bool:
    """Whether a message has neither a number nor a word of what the customer wrote, so that it could go to anybody."""
    read = dialogue.turns[turn]
    text = read.turn.text
    signature = SIGNATURE.search(text)
    end = signature.start() if signature else len(text)
    said = {
        lemma
        for other in dialogue.of(Role.CUSTOMER)
        if other < turn
        for lemma in dialogue.turns[other].lemmas
        if len(lemma) >= LEAST_LETTERS
    }
    if read.of(FAREWELLS):
        return False
    greeting = read.covered_by(GREETINGS)
    own = [lemma for n, lemma in enumerate(read.lemmas) if read.tokens[n].start < end and n not in greeting]
    return bool(said) and not _DIGITS.search(text, 0, end) and "?" not in text[:end] and said.isdisjoint(own)


def _answered_by(dialogue: Dialogue, turns: Iterable[int]) -> set[int]:
    """The agent's turns that these turns of the customer answer."""
    return {before for turn in turns for before in [dialogue.near(turn, Role.AGENT, -1)] if before is not None}


def unanswered(_: Detector, marks: Marks, dialogue: Dialogue) -> Verdict:
    """The last words of a chat or thread are the customer's question; a closing message is no answer."""
    asked = turns_of(marks["asks"], dialogue)
    if dialogue.context.channel is Channel.CALL or not asked:
        return NO_OPPORTUNITY
    settled = max(turns_of(marks["settles"], dialogue), default=-1)
    asked = {turn for turn in asked if turn >= settled}
    closing = turns_of(marks["closes"], dialogue)
    agents = [turn for turn in dialogue.of(Role.AGENT) if turn not in closing]
    last = agents[-1] if agents else -1
    return found(dialogue.whole(turn) for turn in dialogue.of(Role.CUSTOMER) if turn > last and turn in asked)
