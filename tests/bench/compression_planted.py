"""Planted facts: how many tokens each way of compressing keeps, and how many of the facts, by density and by kind."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from auricle_compressor.compression import compress, written
from auricle_compressor.tokenizer import approximate
from auricle_contracts import CompressRequest, DigestLine, Level
from auricle_languages import Languages
from auricle_samples.planted import DENSITIES, PlantedCall, kept
from bench.compression_peers import RANKINGS, article, extract

LEVELS: Mapping[str, Level | None] = {
    "by density": None, "light": Level.LIGHT, "medium": Level.MEDIUM, "hard": Level.HARD,
}  # fmt: skip
BUDGET_OF = "by density"
Row = dict[str, Any]


def calls(path: Path) -> list[PlantedCall]:
    """A committed set."""
    return [PlantedCall.model_validate_json(line) for line in path.read_text("utf-8").splitlines()]


def table(found: Sequence[PlantedCall], languages: Languages) -> list[Row]:
    """One row for each way and density, and for each way over plain and ordinary calls together."""
    tallies: dict[tuple[str, str], _Tally] = defaultdict(_Tally)
    for call in found:
        for way, lines, seconds in _ways(call, languages):
            groups = [call.density, "all"] + (["plain and ordinary"] if call.density != "conflict" else [])
            for group in groups:
                tallies[way, group].add(call, lines, seconds)
    order = [*DENSITIES, "plain and ordinary", "all"]
    return [
        {"way": way, "calls": group} | tally.row()
        for group in order
        for (way, of), tally in tallies.items()
        if of == group
    ]


def _ways(call: PlantedCall, languages: Languages) -> Iterator[tuple[str, Sequence[DigestLine], float]]:
    budget = 0
    for way, level in LEVELS.items():
        request = CompressRequest(transcript=call.transcript(), level=level)
        began = time.perf_counter()
        draft = compress(request, languages)
        yield way, draft.lines, time.perf_counter() - began
        if way == BUDGET_OF:
            budget = approximate(written(draft.lines))
    for way, ranking in RANKINGS.items():
        began = time.perf_counter()
        lines = extract(call.turns, budget, ranking)
        yield way, lines, time.perf_counter() - began
    began = time.perf_counter()
    lines = article(call.turns, languages)
    yield "the article's rules", lines, time.perf_counter() - began


class _Tally:
    """Sums over calls."""

    def __init__(self) -> None:
        self.before = self.after = 0
        self.planted: Counter[str] = Counter()
        self.kept: Counter[str] = Counter()
        self.ms: list[float] = []

    def add(self, call: PlantedCall, lines: Iterable[DigestLine], seconds: float) -> None:
        lines = list(lines)
        self.before += approximate(written(call.turns))
        self.after += approximate(written(lines))
        self.ms.append(1000 * seconds)
        for fact in call.facts:
            self.planted[fact.kind] += 1
            self.kept[fact.kind] += kept(fact, lines)

    def row(self) -> Row:
        planted, held = self.planted.total(), self.kept.total()
        return {
            "tokens_kept_percent": round(100 * self.after / self.before, 1),
            "times_fewer": round(self.before / self.after, 2),
            "facts": planted,
            "facts_kept_percent": round(100 * held / planted, 2),
            "lost_by_kind": {
                kind: n - self.kept[kind] for kind, n in sorted(self.planted.items()) if n > self.kept[kind]
            },
            "ms_median": round(median(self.ms), 2),
        }
