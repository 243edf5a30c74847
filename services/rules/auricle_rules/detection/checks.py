"""What a detector's `check` names, and how it is made ready."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from auricle_contracts import Quote, Role

from auricle_rules.detection import emoji_use, opening_and_closing, repetition, timing, wording
from auricle_rules.detection.addressing.address import Fault
from auricle_rules.detection.addressing.namebook import NameBook
from auricle_rules.detection.customer_name import NAME_KEY, Naming
from auricle_rules.detection.detector import CheckName, Detector
from auricle_rules.detection.marks import Dialogue, Marks
from auricle_rules.detection.placeholders import placeholders
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
    if name == "agent_unnamed":
        return partial(opening_and_closing.agent_unnamed, detector, marks, names)
    return partial(_CHECKS[name], detector, marks)


def _placeholders(_: Detector, __: Marks, dialogue: Dialogue) -> Verdict:
    """Fields that nobody filled in, but what the customer's record itself holds."""
    return found(_fields(dialogue))


def _fields(dialogue: Dialogue) -> Iterator[Quote]:
    record = str(dialogue.context.metadata.get(NAME_KEY) or "")
    for turn in dialogue.of(Role.AGENT):
        text = dialogue.turns[turn].turn.text
        for start, end in placeholders(text):
            if text[start:end] not in record:
                yield dialogue.quote(turn, (start, end))


_CHECKS: Mapping[CheckName, Check] = {
    "caps": wording.caps,
    "closed_unasked": opening_and_closing.closed_unasked,
    "company": opening_and_closing.company,
    "dead_air": timing.dead_air,
    "diminutives": wording.diminutives,
    "emoji_in_bad_news": emoji_use.in_bad_news,
    "emoji_unfit": emoji_use.unfit,
    "familiar": wording.familiar,
    "fillers": wording.fillers,
    "hold_time": timing.hold_time,
    "hold_unasked": timing.hold_unasked,
    "interrupting": timing.interrupting,
    "placeholder": _placeholders,
    "repeated": repetition.repeated,
    "spelling": wording.spelling,
    "templates": repetition.templates,
    "unanswered": repetition.unanswered,
    "unmarked": wording.unmarked,
}
