"""What is compared: a served model by its address, or a folder of weights that is served for as long as it is asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from auricle_trainer.judge.asking import served

DEFAULT_MODEL = "judge"


class NoSubject(ValueError):
    """Not NAME=where[#model][@USD per hour]."""


@dataclass(frozen=True)
class Subject:
    """`where` ends in /v1, or is a folder with serving.yaml. `usd_hour`: the price of an hour of its machine; None: not known."""

    name: str
    where: str
    model: str = DEFAULT_MODEL
    usd_hour: float | None = None

    @contextmanager
    def address(self) -> Iterator[str]:
        """Where it answers."""
        if self.where.startswith(("http://", "https://")):
            yield self.where
        else:
            with served(Path(self.where)) as address:
                yield address


def parse(told: str) -> Subject:
    """`mine=out/run/served#judge@0.7`, `7b=http://vllm:8000/v1#qwen@2.5`. Raises NoSubject."""
    name, equals, rest = told.partition("=")
    rest, _, price = rest.rpartition("@") if "@" in rest else (rest, "", "")
    where, _, model = rest.partition("#")
    try:
        usd = float(price) if price else None
    except ValueError:
        raise NoSubject(f"{price!r} is no price of an hour in USD") from None
    if not (name and equals and where):
        raise NoSubject(f"{told!r} is not NAME=where[#model][@USD per hour]")
    if not where.startswith(("http://", "https://")) and not (Path(where) / "serving.yaml").is_file():
        raise NoSubject(f"{where} is neither an address nor a folder with serving.yaml")
    return Subject(name, where, model or DEFAULT_MODEL, usd)
