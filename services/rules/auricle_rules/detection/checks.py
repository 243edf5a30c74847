"""What a detector's `check` names, and how it is made ready."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from auricle_contracts import Quote, Role
from auricle_criteria.detectors import CheckName, Detector

from auricle_rules.detection import emoji_use, opening_and_closing, repetition, timing, wording
from auricle_rules.detection.addressing.address import Fault
from auricle_rules.detection.addressing.namebook import NameBook
from auricle_rules.detection.customer_name import NAME_KEY, Naming
from auricle_rules.detection.marks import Dialogue, Marks
from auricle_rules.detection.placeholders import is_of_template, placeholders
from auricle_rules.detection.verdict import Verdict, found

Check = Callable[[Detector, Marks, Dialogue], Verdict]
_FAULTS: Mapping[CheckName, Fault | None] = {
    "name_misspelt": Fault.MISSPELT,
    "name_not_adapted": Fault.NOT_ADAPTED,
    "name_not_used": None,
    "name_wrong": Fault.WRONG_NAME,
}


def check_of(detector: Detector, name: CheckName, marks: Marks, names: NameBook) -> Callable[[Dialogue], Verdict]:
    """The check of this name, told the detector's marks and words."""
    if name in _FAULTS:
        return Naming(names, _FAULTS[name], marks.get("asks_for_none", ()))
    if name in _NAMED:
        return partial(_NAMED[name], detector, marks, names)
    return partial(_CHECKS[name], detector, marks)


def _placeholders(_: Detector, __: Marks, dialogue: Dialogue) -> Verdict:
    """Fields that nobody filled in, but what the customer's record or words themselves hold."""
    return found(_fields(dialogue))


def _fields(dialogue: Dialogue) -> Iterator[Quote]:
    known = [str(dialogue.context.metadata.get(NAME_KEY) or "")]
    known += [dialogue.turns[turn].turn.text for turn in dialogue.of(Role.CUSTOMER)]
    told = False
    for turn in dialogue.of(Role.AGENT):
        text = dialogue.turns[turn].turn.text
        for start, end in () if told else placeholders(text):
            if not any(text[start:end] in one for one in known):
                yield dialogue.quote(turn, (start, end))
        told = told or is_of_template(text)


_CHECKS: Mapping[CheckName, Check] = {
    "closed_unasked": opening_and_closing.closed_unasked,
    "company": opening_and_closing.company,
    "dead_air": timing.dead_air,
    "diminutives": wording.diminutives,
    "emoji_in_bad_news": emoji_use.in_bad_news,
    "emoji_unfit": emoji_use.unfit,
    "fillers": wording.fillers,
    "hold_time": timing.hold_time,
    "hold_unasked": timing.hold_unasked,
    "interrupting": timing.interrupting,
    "placeholder": _placeholders,
    "recording": opening_and_closing.recording,
    "repeated": repetition.repeated,
    "slow_reply": timing.slow_reply,
    "templates": repetition.templates,
    "unanswered": repetition.unanswered,
    "unmarked": wording.unmarked,
}
_NAMED: Mapping[CheckName, Callable[[Detector, Marks, NameBook, Dialogue], Verdict]] = {
    "agent_unnamed": opening_and_closing.agent_unnamed,
    "caps": wording.caps,
    "familiar": wording.familiar,
    "spelling": wording.spelling,
}
