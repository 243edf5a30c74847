"""Whose name it is: said of oneself, or of the one who is spoken to. An agent's own name is kept, so it must not be the customer's."""

from auricle_contracts import Role

from auricle_masking.name_context import Around
from auricle_masking.name_context import is_between as stands_between
from auricle_masking.tokenization import Line

FIRST_TURNS = 2
LONGEST_COMPANY = 6  # words between a greeting and the agent's name
_ENDS = frozenset(".!\n")
_SIGNED = frozenset(",.!-—\n")


def is_own(line: Line, first: int, last: int, around: Around) -> bool:
    """Whether the name at these tokens is said of oneself."""
    following = _following(line, last)
    if width := around.intros.before(line, first):
        weak = width == 1 and around.before_weak.before(line, first) == 1
        return not weak or following in around.intro_follow or line.role is not Role.AGENT or _is_stated(line, last)
    if stands_between(line, first, around) or _is_told_behind(line, first, last, around):
        return True
    if line.role is not Role.AGENT or not first:
        return False
    if around.closings.before(line, first) and set(line.gap(first)) & _SIGNED:
        return True
    return _is_before_greeting(line, first, last, around) or _is_behind_company(line, first, last, around)


def _following(line: Line, last: int) -> str:
    return line.forms[last + 1] if last + 1 < len(line.forms) else ""


def _is_stated(line: Line, last: int) -> bool:
    """Not asked: "это Денис, накладная …", but not "это Денис?"."""
    rest = line.text[line.tokens[last].end :].lstrip()
    return not rest or rest[0] in ".,!"


def _is_told_behind(line: Line, first: int, last: int, around: Around) -> bool:
    """So: "зоригто меня зовут", "тимофей у аппарата"; "Антонина, меня зовут Павел" calls somebody else."""
    if around.after.at(line, last + 1) < 2 - around.listed or line.gap(last + 1).strip():
        return False
    respected = any(token.facts.patronymic for token in line.tokens[first : last + 1])
    return line.role is not Role.AGENT or not respected


def _is_before_greeting(line: Line, first: int, last: int, around: Around) -> bool:
    """So: "окна плюс наталья здравствуйте"; "алло семён ильич здравствуйте" and "Анна, Пётр, здравствуйте" call somebody."""
    if _following(line, last) not in around.greetings or line.gap(last + 1).strip():
        return False
    before = line.tokens[first - 1].facts
    called = before.first or before.patronymic or before.filler or before.norm in around.greetings
    return not called and not any(token.facts.patronymic for token in line.tokens[first : last + 1])


def _is_behind_company(line: Line, first: int, last: int, around: Around) -> bool:
    """So: "Здравствуйте, фитнес-клуб «Маятник», Яков.", "оператор Нелли" in one of the first turns."""
    if line.number >= FIRST_TURNS:
        return False
    greeted = next((place for place in range(first - 1, -1, -1) if line.forms[place] in around.greetings), None)
    if greeted is None or first - greeted > LONGEST_COMPANY:
        return False
    said = [token.facts for token in line.tokens[:first] if token.facts.norm not in around.greetings]
    between = [token.facts for token in line.tokens[greeted + 1 : first]]
    companied = any(not one.plain and not one.filler for one in said) and not any(one.perhaps for one in said)
    ends = last + 1 >= len(line.tokens) or bool(set(line.gap(last + 1)) & _ENDS)
    ends = ends or _following(line, last) in around.intro_follow
    patronymic = any(token.facts.patronymic for token in line.tokens[first : last + 1])
    return companied and ends and not patronymic and not any(one.plain for one in between)
