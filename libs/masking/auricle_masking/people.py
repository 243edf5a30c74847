"""The people of a conversation as they are shown to who may not see them: a customer's name and number are hidden, an agent's stay."""

from collections.abc import Iterable, Sequence

from auricle_contracts import Participant, Role
from auricle_contracts.masking import PersonalKind

from auricle_masking import checks
from auricle_masking.detection import Detector
from auricle_masking.packs import Pack

LEAST_DIGITS = 7


def masked_participants(
    participants: Sequence[Participant], detector: Detector, *, kinds: Iterable[PersonalKind], language: str | None
) -> tuple[Participant, ...]:
    """The same participants in the same order. A reference that is no phone and no e-mail is the caller's own number and stays."""
    names = " ".join(one.name for one in participants if one.name)
    chosen, pack = frozenset(kinds), detector.pack(language or detector.language_of(names))
    return tuple(one if one.role is Role.AGENT else _masked(one, chosen, pack) for one in participants)


def _masked(one: Participant, kinds: frozenset[PersonalKind], pack: Pack) -> Participant:
    name = _placeholder(PersonalKind.NAME, pack) if one.name and PersonalKind.NAME in kinds else one.name
    kind = _kind_of(one.reference or "")
    reference = _placeholder(kind, pack) if kind in kinds and kind is not None else one.reference
    return one.model_copy(update={"name": name, "reference": reference})


def _kind_of(reference: str) -> PersonalKind | None:
    digits = "".join(filter(str.isdecimal, reference))
    if "@" in reference:
        return PersonalKind.EMAIL
    written = len(digits) >= LEAST_DIGITS and not any(char.isalpha() for char in reference)
    phone = written and checks.is_phone(digits, plus="+" in reference, language="")
    return PersonalKind.PHONE if phone else None


def _placeholder(kind: PersonalKind, pack: Pack) -> str:
    return f"[{pack.placeholders[kind]}]"
