"""How far an action over many conversations is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A conversation that was refused, and the code of why."""

    conversation: str
    title: str
    why: str

    @property
    def line(self) -> str:
        """As the form carries it along."""
        return "\t".join((self.conversation, self.why, " ".join(self.title.split())))


@dataclass(frozen=True)
class Progress:
    """`done` and `refused` of `total`; `left` are ids. `fault`: why it stopped, "" while it goes on."""

    action: str
    done: int
    total: int
    left: tuple[str, ...]
    refused: tuple[Row, ...]
    fault: str
    note: str
    person: str

    @property
    def percent(self) -> int:
        """Of all, what was looked at."""
        return round(100 * (self.done + len(self.refused)) / self.total) if self.total else 100
