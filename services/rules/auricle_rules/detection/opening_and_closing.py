"""Classes about the first and the last words: the agent's name, the company's, what else is wanted."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from auricle_contracts import Role
from auricle_criteria.detectors import Detector
from auricle_languages.dictionary import (
    frequency,
    is_first_person,
    is_named_noun,
    is_person,
    is_proper,
    is_second_person,
    is_word,
    lemmas,
)
from rapidfuzz import fuzz

from auricle_rules.detection.addressing.namebook import NameBook, folded_name, is_role, latin
from auricle_rules.detection.addressing.record import WORD
from auricle_rules.detection.customer_name import COMPANY_KEY, NAME_KEY
from auricle_rules.detection.marks import Dialogue, Marks, turns_of
from auricle_rules.detection.verdict import NO_OPPORTUNITY, NOT_FOUND, Verdict, found

FIRST_TURNS, SHOWN_TOKENS = 3, 12
FEWEST_CALLING_WORDS = 4  # beside greeting, company and help: the agent has a reason to call
_TO_SOMEBODY, _YOURS = frozenset({"вы", "вам", "вас", "вами", "you", "your", "yours"}), ("ваш", "напомин")
_FEWEST_STEM = 4
HEARD_ALIKE = 80  # per cent of a name's letters, where an engine wrote it down
_GENERIC = frozenset(
    "клиника банк студия сервис магазин компания центр салон школа служба сеть аптека отель гостиница фирма бюро агентство страховая "
    "дом группа и в на за у по от для из к с "
    "городская городской районная районный областная областной центральная центральный детская детский муниципальная государственная "
    "поликлиника больница библиотека музей театр кинотеатр академия институт университет колледж "
    "clinic bank studio service services shop store company centre center group insurance hotel energy travel "
    "telecom the and of a in on at for".split()
)
_GREETING = frozenset(
    "алло алё але да здравствуйте здрасьте здрасте здрасти добрый доброе доброго доброй день утро вечер дня утра вечера времени суток ночи "
    "привет приветствую рад рады спасибо извините простите конечно слушаю слушаем говорите "
    "hello hi hey good morning afternoon evening day welcome thanks thank yes yeah sure sorry right well now just so there".split()
)
_NOT_A_NAME = frozenset(
    "вам вас ваш ваша ваше ваши мы нас нам наш наша он она они вы все вся это так там тут здесь кто что как где когда "
    "we you he she they it here there who what how where when our your my the a an so to just with and".split()
)
_HELP = frozenset(
    "чем что как могу можем помочь помогу помощь быть полезен полезна полезны подсказать вопрос вопросы "
    "оператор менеджер специалист отдел линия "
    "диспетчер диспетчерская регистратура ресепшн ресепшен приемная "
    "справочная звоните звонок номер "
    "how can may could help you i do for today please call calling speaking who what reception desk team line office booking".split()
)
_MACHINES = frozenset("команда поддержка техподдержка бот робот помощник ассистент администрация".split())
_NO_NAME = frozenset({"none", "nobody", "не", "никто", "какая", "зачем", "why", "does", "me"})
_SEGMENT = re.compile(r"[.,!?;:…()\n—–]+|\s-\s")
_MOST_SEGMENT_WORDS = 8
RARE_WORD = 5e-6  # of all English words; a rarer one that stands alone with a capital is a name
_PRESENT = re.compile(
    r"\s+(?:на связи|на линии|у телефона|у аппарата|слушает)\b", re.IGNORECASE
)  # no verb: "Рада на связи"
_INTRODUCED = re.compile(
    r"(?:\b(?:это|я|с вами|на связи|зовут|на линии|слушает|беспокоит|this is|it's|i'm|i am|name's|name is|chatting with|speaking with"
    r"|speaking to|talking to|through to|you've got|you have|you got|you've reached|reached"
    r"|отвечает|пишет|дежурит|смене)\s+)(?P<behind>[^\W\d_]+)"
    r"|\b(?P<before>[^\W\d_]+)(?=\s+(?:speaking|here|тут|здесь|из|слушаю|слушает|на связи|на линии|у телефона|у аппарата|на проводе"
    r"|from|at|с вами|я|with|on the line|at your service|on duty|for)\b)",
    re.IGNORECASE,
)


def company(_: Detector, marks: Marks, dialogue: Dialogue) -> Verdict:
    """None of the company's names is in the first words, the agent's or a machine's, before the customer asks for it; a call that was
    handed over was answered before.
    """
    told = dialogue.context.metadata.get(COMPANY_KEY)
    if not told:
        return NO_OPPORTUNITY
    asked = min(turns_of(marks["asks_who"], dialogue), default=len(dialogue.turns))
    first = [turn for turn in dialogue.of(Role.AGENT)[:FIRST_TURNS] if turn < asked] or dialogue.of(Role.AGENT)[:1]
    machine = [turn for role in (Role.IVR, Role.BOT) for turn in dialogue.of(role) if turn < first[0]]
    texts = [dialogue.turns[turn].turn.text for turn in (*machine, *first)]
    if turns_of(marks["handed_over"], dialogue) or _is_said(str(told), texts):
        return NOT_FOUND
    return found([dialogue.whole(first[0], SHOWN_TOKENS)])


def _is_said(companies: str, texts: Sequence[str]) -> bool:
    """Whether a company's name was said, in any case, script and way to cut it: the first of its own words, or more than half of them."""
    words = [latin(folded_name(part)) for text in texts for word in WORD.findall(text) for part in word.split("-")]
    run_together = "".join(words)
    for name in companies.split(";"):
        parts = [part for word in WORD.findall(name) for part in word.split("-")]
        own = [part for part in parts if folded_name(part) not in _GENERIC] or parts
        said = [_is_heard(_stem(part), words) for part in own]
        if said and own is parts and len(own) > 1 and 2 * sum(said) >= len(said):
            return True  # a name of plain words, of which people drop the attribute
        whole = "".join(latin(folded_name(part)) for part in own)
        alike = len(whole) > 2 * _FEWEST_STEM and fuzz.partial_ratio(whole, run_together) >= HEARD_ALIKE
        if said and (said[0] or 2 * sum(said) > len(said) or alike):
            return True
    return False


def _is_heard(stem: str, words: Sequence[str]) -> bool:
    """Whether a word begins so, or two that an engine cut apart; a stem never begins inside a word."""
    pairs = (one + other for one, other in pairwise(words))
    if any(word.startswith(stem) for word in (*words, *(pairs if len(stem) >= _FEWEST_STEM else ()))):
        return True
    return len(stem) > _FEWEST_STEM and any(fuzz.ratio(stem, word[: len(stem)]) >= HEARD_ALIKE for word in words)


def _stem(word: str) -> str:
    """A word of a name without the ending that a case changes."""
    sound = latin(folded_name(word))
    return (
        (sound.rstrip("aeiou") or sound) if len(sound) <= _FEWEST_STEM else sound[: max(_FEWEST_STEM, len(sound) - 2)]
    )


def agent_unnamed(_: Detector, marks: Marks, names: NameBook, dialogue: Dialogue) -> Verdict:
    """No name but the customer's is in the agent's first words, in what a machine said before, or in the answer to who is there."""
    agents = dialogue.of(Role.AGENT)
    speakers = _Speakers(names, _others(dialogue, agents[0]), _words_of(dialogue, COMPANY_KEY))
    machine = [turn for role in (Role.IVR, Role.BOT) for turn in dialogue.of(role) if turn < agents[0]]
    answers = [dialogue.near(turn, Role.AGENT, 1) for turn in turns_of(marks["asks_who"], dialogue)]
    asked = {turn for turn in answers if turn is not None}
    texts = [(turn, dialogue.turns[turn].turn.text) for turn in (*machine, *agents[:FIRST_TURNS], *sorted(asked))]
    told = str(dialogue.context.metadata.get(COMPANY_KEY) or "")
    opening = {turn for turn, text in texts if turn - 1 in agents or (told and _is_said(told, [text]))}
    whole = {agents[0], *machine, *asked, *(turn for turn in agents[:FIRST_TURNS] if turn in opening)}
    if turns_of(marks["introduces"], dialogue) or any(
        speakers.are_named(text, plainly=turn not in whole, asked=turn in {*machine, *asked}) for turn, text in texts
    ):
        return NOT_FOUND
    return found([dialogue.whole(agents[0], SHOWN_TOKENS)])


def _words_of(dialogue: Dialogue, key: str) -> set[str]:
    """Folded words of a field of the metadata."""
    return set(map(folded_name, WORD.findall(str(dialogue.context.metadata.get(key) or "").replace("-", " "))))


def _others(dialogue: Dialogue, agent: int) -> set[str]:
    """Capitalised words of the customer before the agent spoke, and the words of the customer's record."""
    said = [dialogue.turns[turn].turn.text for turn in dialogue.of(Role.CUSTOMER) if turn < agent]
    return _words_of(dialogue, NAME_KEY) | {
        folded_name(word) for text in said for word in WORD.findall(text) if word[0].isupper()
    }


@dataclass(frozen=True)
class _Speakers:
    """Whether a turn gives somebody's name. `others`: words that name the customer; `company`: words that name the company."""

    names: NameBook
    others: set[str]
    company: set[str]

    def are_named(self, text: str, *, plainly: bool, asked: bool) -> bool:
        """`plainly`: only by words of introduction. `asked`: somebody wants to know who is there, or a machine says it."""
        if any(self._is_introduced(text, match) for match in _INTRODUCED.finditer(text)):
            return True
        if plainly:
            return False
        if text.islower():
            words = list(map(folded_name, WORD.findall(text)))
            first = words[:_MOST_SEGMENT_WORDS] if self._is_opening(words) else []
            return self._is_heard(self._own(words), self._own(first)) or self._is_behind_company(words)
        if asked and any(
            word[0].isupper() and self.names.is_given(folded_name(word)) for word in self._own(WORD.findall(text))
        ):
            return True
        return any(self._is_name(*segment, asked=asked) for segment in _segments(text))

    def _own(self, words: Iterable[str]) -> list[str]:
        """The words that are neither the customer's nor the company's."""
        return [word for word in words if folded_name(word) not in self.others | self.company | _GREETING | _NOT_A_NAME]

    def _is_opening(self, words: Sequence[str]) -> bool:
        """Whether a greeting or the company is among the words."""
        return any(word in _GREETING | self.company for word in words)

    def _is_heard(self, words: Sequence[str], first: Sequence[str]) -> bool:
        """Without capitals: a given name; of the `first` words also a strange one, or the one beside greeting and company."""
        if any(map(self.names.is_given, (word for word in words if word not in _GENERIC | _HELP))):
            return True
        own = [word for word in first if word not in _GENERIC | _HELP]
        strange = [
            word
            for word in own
            if (frequency(word) < RARE_WORD if word.isascii() else not is_word(word) or is_proper(word))
        ]
        return bool(strange) or (len(own) == 1 and not own[0].isascii() and not is_role(own[0]) and is_proper(own[0]))

    def _is_behind_company(self, words: Sequence[str]) -> bool:
        """Without capitals: a noun alone between the company's name and a greeting, "лекарь рада здравствуйте"."""
        return any(
            company in self.company
            and word in lemmas(word)
            and self._own([word])
            and word not in _GENERIC | _HELP | _MACHINES
            for company, word, greeting in zip(words, words[1:], words[2:], strict=False)
            if greeting in _GREETING
        )

    def _is_introduced(self, text: str, match: re.Match[str]) -> bool:
        word = match["behind"] or match["before"]
        norm = folded_name(word)
        before = WORD.findall(text[: match.start()])
        if _PRESENT.match(text, match.end()) and word[0].isupper() and not norm.isascii():
            return norm not in self.others | self.company | _GENERIC | _HELP | _MACHINES and not is_person(norm)
        if not self._own([word]):
            return False
        runs_on = not _SEGMENT.search(text[: match.start()].rstrip()[-1:])
        if match["before"] and before and runs_on and folded_name(before[-1]) in self.company:
            return False  # "Clearpane Windows here"
        if self.names.is_given(norm):
            return True
        if norm.isascii():
            return word[0].isupper() or (text.islower() and frequency(norm) < RARE_WORD)
        inside = bool(match["behind"]) or text[: match.start()].rstrip().endswith(
            ","
        )  # where a capital can only be a name's
        return word[0].isupper() and (
            norm not in _HELP | _GENERIC | _MACHINES if inside else not is_word(norm) or is_proper(norm)
        )

    def _is_name(self, segment: str, opens: bool, closed: bool, *, asked: bool) -> bool:
        """Whether the words between two marks are a name, alone or beside what somebody is: "Вожатая Лида", "Arlo".

        `closed`: a whole sentence right behind the greeting, which a noun alone can only be as a name: "Привет! Лиана.".
        """
        words = [word for word in WORD.findall(segment) if folded_name(word) not in _GREETING]
        own = [word for word in self._own(words) if word[0].isupper()]
        if not own or len(words) > _MOST_SEGMENT_WORDS or "«" in segment:
            return False
        if any(self.names.is_given(folded_name(word)) for word in own):
            return True
        norm = folded_name(own[0])
        if len(words) > 1:
            told = folded_name(own[-1])
            return (
                len(words) <= 3
                and not told.isascii()
                and words[-1] == own[-1]
                and (not is_word(told) or is_proper(told) or is_person(folded_name(words[-2])))
            )
        return (
            not opens
            or (asked and norm not in _NO_NAME)
            or (closed and not norm.isascii() and is_named_noun(norm) and norm not in _GENERIC | _HELP | _MACHINES)
            or (frequency(norm) < RARE_WORD if norm.isascii() else not is_word(norm) or is_proper(norm))
        )


def _segments(text: str) -> Iterator[tuple[str, bool, bool]]:
    """The words between two marks, whether they open a sentence, and whether they are the whole one behind a greeting."""
    place, opens, greeted = 0, True, False
    for mark in _SEGMENT.finditer(text):
        segment = text[place : mark.start()]
        yield segment, opens, opens and greeted and mark.group().startswith(".")
        greeted = (greeted and not opens) or any(folded_name(word) in _GREETING for word in WORD.findall(segment))
        place, opens = mark.end(), not mark.group().startswith((",", ":", ";", "(", ")", " "))
    yield text[place:], opens, False


def recording(_: Detector, marks: Marks, dialogue: Dialogue) -> Verdict:
    """The agent is the caller, and nobody says that the call is recorded before the customer asks."""
    first = dialogue.of(Role.AGENT)[0]
    if first not in turns_of(marks["calls"], dialogue) and not _is_calling(dialogue, first, marks):
        return NO_OPPORTUNITY
    return NOT_FOUND if turns_of(marks["told"], dialogue) else found([dialogue.whole(first, SHOWN_TOKENS)])


def _is_calling(dialogue: Dialogue, first: int, marks: Marks) -> bool:
    """Whether the first words of a call are a caller's: they name the customer, or say more than who it is and offer no help."""
    machines = [turn for role in (Role.IVR, Role.BOT) for turn in dialogue.of(role) if turn < first]
    if machines or dialogue.near(first, Role.CUSTOMER, -1) is not None or turns_of(marks["answers"], dialogue):
        return False
    words = [folded_name(word) for word in WORD.findall(dialogue.turns[first].turn.text)]
    if not _words_of(dialogue, NAME_KEY).isdisjoint(words):
        return True
    known = _words_of(dialogue, COMPANY_KEY) | _GREETING | _NOT_A_NAME | _HELP | _GENERIC
    speaks_to_somebody = any(
        word in _TO_SOMEBODY or word.startswith(_YOURS) or is_first_person(word) or is_second_person(word)
        for word in words
    )
    return speaks_to_somebody and sum(word not in known for word in words) >= FEWEST_CALLING_WORDS


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
