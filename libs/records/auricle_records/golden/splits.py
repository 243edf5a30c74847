"""Which split a golden item belongs to: by agent and time, the same at every call, so that no agent or week of a test is trained on. Pure.

agent ── 15 of 100 ──► test           (agents that training never hears)
     ├── 15 of 100 ──► development
     └── the rest ──── week ── 10 of 100 ──► test         (weeks that training never hears)
                            ├── 10 of 100 ──► development
                            └── the rest ───► train
"""

from datetime import UTC, datetime
from hashlib import sha256

from auricle_contracts.golden import GoldenSplit

PSEUDONYM = "agent-"
_AGENTS = (15, 15)
_WEEKS = (10, 10)


def pseudonym(workspace: str, agent: str) -> str:
    """What an agent is called in golden items; a pseudonym is its own."""
    if agent.startswith(PSEUDONYM) and len(agent) == len(PSEUDONYM) + 16:
        return agent
    return PSEUDONYM + _digest(workspace, "agent", agent)[:16]


def split_of(workspace: str, agent: str | None, started_at: datetime | None, fingerprint: str) -> GoldenSplit:
    """`agent` is a pseudonym. Where neither agent nor time is known, the text decides."""
    if agent is not None:
        found = _drawn(_digest(workspace, "split", agent), _AGENTS)
        if found is not GoldenSplit.TRAIN:
            return found
    if started_at is None:
        return found if agent is not None else _drawn(_digest(workspace, "text", fingerprint), _AGENTS)
    year, week, _ = started_at.astimezone(UTC).isocalendar()
    return _drawn(_digest(workspace, "week", f"{year}-{week}"), _WEEKS)


def _drawn(digest: str, shares: tuple[int, int]) -> GoldenSplit:
    number = int(digest[:8], 16) % 100
    if number < shares[0]:
        return GoldenSplit.TEST
    return GoldenSplit.DEVELOPMENT if number < sum(shares) else GoldenSplit.TRAIN


def _digest(*parts: str) -> str:
    return sha256("\x1f".join(parts).encode()).hexdigest()
