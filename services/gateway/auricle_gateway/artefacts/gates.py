"""What the gate said of a version (`figures.gate`, by `auricle gate`): evidence of its promotion, and its condition where required."""

from collections.abc import Mapping

from auricle_records.artefacts import Version
from pydantic import JsonValue

from auricle_gateway.errors import GateNotPassed

FIGURE = "gate"
_EVIDENCE = ("verdict", "items", "runs", "at", "live", "model", "counts")


def gate_of(version: Version) -> Mapping[str, JsonValue]:
    """Empty where it was never run."""
    told = version.figures.get(FIGURE)
    return told if isinstance(told, Mapping) else {}


def evidence(version: Version) -> dict[str, JsonValue]:
    """The gate's verdict, without its sides."""
    told = gate_of(version)
    return {FIGURE: {name: told[name] for name in _EVIDENCE if name in told}} if told else {}


def require(version: Version, live_hash: str | None) -> None:
    """Raises GateNotPassed where the version did not pass beside what is live now."""
    told = gate_of(version)
    if not told:
        raise GateNotPassed("no gate was run on this version")
    if told.get("verdict") != "passed":
        raise GateNotPassed(f"its gate ended with {str(told.get('verdict'))[:20]}")
    if told.get("live") != live_hash:
        raise GateNotPassed("its gate was run beside another version than the one that is live now")
