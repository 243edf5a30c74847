"""Classes about the first and the last words: the agent's name, the company's, what else is wanted."""

import re
from collections.abc import Sequence

from auricle_contracts import Role
from rapidfuzz import fuzz

from auricle_rules.detection.addressing.namebook import NameBook, folded_name, latin
from auricle_rules.detection.addressing.record import WORD
from auricle_rules.detection.customer_name import NAME_KEY
from auricle_rules.detection.detector import Detector
from auricle_rules.detection.marks import Dialogue, Marks, turns_of
from auricle_rules.detection.verdict import NO_OPPORTUNITY, NOT_FOUND, Verdict, found

COMPANY_KEY = "company"
FIRST_TURNS, SHOWN_TOKENS = 3, 12
_FEWEST_STEM = 4
HEARD_ALIKE = 80  # per cent of a name's letters, where an engine wrote it down
_GENERIC = frozenset(
    "клиника банк студия сервис магазин компания центр салон школа служба сеть аптека отель гостиница фирма бюро агентство страховая "
    "дом группа "
    "clinic bank studio service services shop store company centre center group insurance hotel energy travel telecom the and of".split()
)
_INTRODUCED = re.compile(
    r"\b(?i:это|я|с вами|на связи|зовут|this is|it's|i'm|i am)\s+[A-ZА-ЯЁ][a-zа-яё]+"
    r"|\b[A-ZА-ЯЁ][a-zа-яё]+\s+(?:speaking|here|слушаю|слушает|на связи|на линии)"
)


def company(_: Detector, marks: Marks, dialogue: Dialogue) -> Verdict:
    """None of the company's names is in the agent's first words; a call that was handed over has been answered before."""
    told = dialogue.context.metadata.get(COMPANY_KEY)
    if not told:
        return NO_OPPORTUNITY
    first = dialogue.of(Role.AGENT)[:FIRST_TURNS]
    if turns_of(marks["handed_over"], dialogue) or _is_said(
        str(told), [dialogue.turns[turn].turn.text for turn in first]
    ):
        return NOT_FOUND
    return found([dialogue.whole(first[0], SHOWN_TOKENS)])


def _is_said(companies: str, texts: Sequence[str]) -> bool:
    """Whether a word of a company's name was said, in any case, script and way to cut it."""
    words = [latin(folded_name(word)) for text in texts for word in WORD.findall(text)]
    run_together = "".join(words)
    for name in companies.split(";"):
        parts = WORD.findall(name)
        own = [part for part in parts if folded_name(part) not in _GENERIC] or parts
        for stem in map(_stem, own):
            if any(word.startswith(stem) for word in words) or (len(stem) >= _FEWEST_STEM and stem in run_together):
                return True
            if len(stem) > _FEWEST_STEM and any(fuzz.ratio(stem, word[: len(stem)]) >= HEARD_ALIKE for word in words):
                return True
    return False


def _stem(word: str) -> str:
    """A word of a name without the ending that a case changes."""
    sound = latin(folded_name(word))
    return sound.rstrip("aeiou") if len(sound) <= _FEWEST_STEM else sound[: max(_FEWEST_STEM, len(sound) - 2)]


def agent_unnamed(_: Detector, marks: Marks, names: NameBook, dialogue: Dialogue) -> Verdict:
    """The agent's first words hold no introduction and no name but the customer's."""
    first = dialogue.of(Role.AGENT)[:FIRST_TURNS]
    customer = set(map(folded_name, WORD.findall(str(dialogue.context.metadata.get(NAME_KEY) or ""))))
    if turns_of(marks["introduces"], dialogue) or any(
        _is_named(dialogue.turns[turn].turn.text, names, customer) for turn in first
    ):
        return NOT_FOUND
    return found([dialogue.whole(first[0], SHOWN_TOKENS)])


def _is_named(text: str, names: NameBook, customer: set[str]) -> bool:
    """Whether the words hold somebody's name that is not the customer's; without capitals any word that is a name counts."""
    if any(customer.isdisjoint(map(folded_name, WORD.findall(match))) for match in _INTRODUCED.findall(text)):
        return True
    small = text.islower()
    words = ((word, folded_name(word)) for word in WORD.findall(text))
    return any((small or word[0].isupper()) and norm not in customer and names.is_given(norm) for word, norm in words)


def closed_unasked(_: Detector, marks: Marks, dialogue: Dialogue) -> Verdict:
    """The agent closes before the customer has said that this was all, and has not asked."""
    closing = turns_of(marks["closes"], dialogue)
    if not closing:
        return NO_OPPORTUNITY
    turn = max(closing)
    if any(one <= turn for one in turns_of(marks["asks"], dialogue)):
        return NOT_FOUND
    done = turns_of(marks["done"], dialogue)
    before = dialogue.near(turn, Role.CUSTOMER, -1)
    return NOT_FOUND if before in done or turn - 1 in done else found([dialogue.whole(turn)])
