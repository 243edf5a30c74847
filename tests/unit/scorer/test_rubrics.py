"""The tokens of a rubric are asked for once, and again as long as only the approximation could be had."""

from auricle_judging import TokenCount
from auricle_judging.client import APPROXIMATION
from auricle_scorer.reading import Reader


class Counter:
    """Says who counted, and keeps what it was asked."""

    def __init__(self, counter: str) -> None:
        self.counter, self.asked = counter, list[str]()

    async def count(self, text: str) -> TokenCount:
        self.asked.append(text)
        return TokenCount(len(text), self.counter)


async def counts(counter: Counter, *texts: str) -> list[int]:
    reader = Reader(None, counter)  # type: ignore[arg-type]
    return [await reader.count_rubric(text) for text in texts]


async def test_a_counted_rubric_is_not_counted_again() -> None:
    counter = Counter("judge")
    assert await counts(counter, "one", "three", "one", "three") == [3, 5, 3, 5]
    assert counter.asked == ["one", "three"]


async def test_an_approximation_is_not_remembered() -> None:
    counter = Counter(APPROXIMATION)
    assert await counts(counter, "one", "one") == [3, 3]
    assert counter.asked == ["one", "one"]
