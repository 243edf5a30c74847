"""Values that are wrong by one letter or one type: what a closed schema must refuse."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import helm_python as helm

FREE = {"annotations", "labels", "nodeSelector", "tags", "reservationTags", "matchLabels"}
"""Maps whose keys are the user's own."""
Values = dict[str, Any]
Where = tuple[str, ...]


def keys(values: Values, above: Where = ()) -> Iterator[Where]:
    """Every key that the chart knows, with the way to it; not below maps that are the user's own."""
    for key, value in values.items():
        yield (*above, key)
        if isinstance(value, dict) and key not in FREE:
            yield from keys(value, (*above, key))


def at(where: Where, value: object) -> Values:
    """`{a: {b: value}}` for (a, b)."""
    found: Any = value
    for key in reversed(where):
        found = {key: found}
    return dict(found)


def value_at(values: Values, where: Where) -> object:
    """What stands there."""
    found: Any = values
    for key in where:
        found = found[key]
    return found


def refused(chart: helm.Chart, values: Values) -> bool:
    """Helm's own word on the values, with the schemas of the chart and of its dependencies."""
    try:
        chart.validate_schema(values)
    except helm.HelmValuesError:
        return True
    return False


def accepted_misspellings(chart: helm.Chart) -> list[str]:
    """Keys that may be misspelt without a word: there must be none."""
    known = chart.merge_values({})
    wrong = [(where, at((*where[:-1], where[-1] + "x"), value_at(known, where))) for where in keys(known)]
    return [".".join(where) for where, values in wrong if not refused(chart, values)]


def accepted_types(chart: helm.Chart) -> list[str]:
    """Keys that take a list of lists, which nothing here is."""
    known = chart.merge_values({})
    return [".".join(where) for where in keys(known) if not refused(chart, at(where, [[]]))]


def loaded(path: Path) -> helm.Chart:
    """For `with`."""
    return helm.Chart.load(path)
