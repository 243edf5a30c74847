"""A transcript becomes a draft of its digest: everything but the token counts, which a server may have to do."""

from collections.abc import Iterable
from dataclasses import dataclass

from auricle_contracts import CompressRequest, DigestLine, DigestStretch, DroppedTurn, Level, Turn
from auricle_contracts.digests import COMPRESSION
from auricle_languages import AnalysedTurn, Languages, analyse_turns

from auricle_compressor.compression import density
from auricle_compressor.compression.cutting import Cutting
from auricle_compressor.compression.protection import protection


@dataclass(frozen=True)
class Draft:
    """A digest without its token counts."""

    version: str
    level: Level
    level_reason: str
    lines: tuple[DigestLine, ...]
    dropped: tuple[DroppedTurn, ...]
    stretches: tuple[DigestStretch, ...] = ()


def compress(request: CompressRequest, languages: Languages) -> Draft:
    """The draft. Every turn is in a line or among the dropped; a folded repeat is in both."""
    protect = protection(request.protect)
    turns = analyse_turns(request.transcript, languages)
    stretches = _stretches(request, turns)
    lines, dropped = Cutting(turns, protect, stretches).done()
    level = request.level or density.lightest(stretches)
    return Draft(f"{COMPRESSION}/{languages.version}", level, _reason(request, stretches), lines, dropped, stretches)


def written(lines: Iterable[DigestLine] | Iterable[Turn]) -> str:
    """Lines or turns as text, the way in which they are counted."""
    return "\n".join(f"{line.role}: {line.text}" for line in lines)


def _stretches(request: CompressRequest, turns: tuple[AnalysedTurn, ...]) -> tuple[DigestStretch, ...]:
    if request.level is None:
        return density.bounded(density.stretches(turns), request.deepest)
    if not turns:
        return ()
    return (DigestStretch(first=turns[0].turn.id, last=turns[-1].turn.id, level=request.level, reason="asked for"),)


def _reason(request: CompressRequest, stretches: tuple[DigestStretch, ...]) -> str:
    if request.level is not None:
        return "asked for"
    if len(stretches) == 1:
        return stretches[0].reason
    counts = {level: sum(stretch.level is level for stretch in stretches) for level in reversed(density.ORDER)}
    spread = ", ".join(f"{count} {level}" for level, count in counts.items() if count)
    found = f"by density, the lightest of {len(stretches)} stretches: {spread}"
    return found if request.deepest is Level.HARD else f"{found}; {density.bound(request.deepest)}"
