"""What each side of a canary chooses: of every criterion that is a choice or a yes, the values by how often, compared. Pure.

The sides judge different conversations, so nothing can be said of one conversation judged by both: that is what a shadow tells.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from auricle_contracts.canaries import Side
from sqlalchemy import Row

from auricle_records.analytics import differences
from auricle_records.analytics.breakdown import Share
from auricle_records.analytics.differences import Difference


@dataclass(frozen=True, slots=True)
class ChoiceCompared:
    """How often a value was chosen of all answers to its criterion: by live, by the canary, and the second less the first."""

    criterion: str
    title: str
    value: str | bool
    first: Share
    second: Share
    difference: Difference


def compared(rows: Sequence[Row[Any]]) -> tuple[ChoiceCompared, ...]:
    """Of rows by criterion and value; in their order, the values of a criterion most chosen first."""
    found: list[ChoiceCompared] = []
    for criterion in dict.fromkeys(row.criterion for row in rows):
        mine = [row for row in rows if row.criterion == criterion]
        of = {side: sum(row.n for row in mine if row.side == side) for side in Side}
        values: dict[str | bool, dict[Side, int]] = {}
        for row in mine:
            values.setdefault(row.value, {})[Side(row.side)] = row.n
        for value, counts in sorted(values.items(), key=lambda one: (-sum(one[1].values()), str(one[0]))):
            first, second = (Share(counts.get(side, 0), of[side]) for side in (Side.LIVE, Side.CANARY))
            found.append(
                ChoiceCompared(criterion, mine[0].title, value, first, second, differences.of_shares(first, second))
            )
    return tuple(found)
