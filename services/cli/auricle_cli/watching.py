"""Live progress of conversations: one line each, from `waiting` to `done`."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from auricle_contracts import ConversationView
from rich.console import Console
from rich.live import Live
from rich.table import Table

from auricle_cli.gateway import Gateway

ENDED = frozenset({"done", "dead", "deleted"})
COLOURS = {
    "done": "green",
    "dead": "red",
    "waiting": "dim",
    "receiving": "dim",
    "transcribing": "cyan",
    "evaluating": "magenta",
}


@dataclass
class Watch:
    """Polls the gateway until every conversation has ended; `on_poll` sees each picture."""

    gateway: Gateway
    names: Mapping[str, str]
    views: dict[str, ConversationView] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)
    ended_after: dict[str, float] = field(default_factory=dict)

    def poll(self) -> None:
        """Ask again for those that have not ended."""
        for conversation_id in self.names:
            if conversation_id in self.ended_after:
                continue
            view = self.gateway.conversation(conversation_id)
            self.views[conversation_id] = view
            if view.progress in ENDED:
                self.ended_after[conversation_id] = time.monotonic() - self.started

    @property
    def is_over(self) -> bool:
        """Whether all of them have ended."""
        return len(self.ended_after) == len(self.names)

    @property
    def dead(self) -> list[ConversationView]:
        """Those that were given up."""
        return [view for view in self.views.values() if view.progress == "dead"]

    def table(self) -> Table:
        """The picture now."""
        table = Table(box=None, pad_edge=False, show_header=False)
        for conversation_id, name in self.names.items():
            view = self.views.get(conversation_id)
            state = view.progress if view else "waiting"
            waiting_for = next((run.waiting_for for run in view.runs if run.waiting_for), "") if view else ""
            seconds = self.ended_after.get(conversation_id, time.monotonic() - self.started)
            table.add_row(name, f"[{COLOURS.get(state, 'white')}]{state}[/]", waiting_for or "", f"{seconds:5.1f} s")
        return table


def follow(
    watch: Watch, console: Console, *, idle_seconds: float = 600.0, on_poll: Callable[[Watch], None] | None = None
) -> bool:
    """Draw until all have ended; False when for `idle_seconds` none has."""
    ended, since = 0, time.monotonic()
    with Live(watch.table(), console=console, refresh_per_second=4, transient=not console.is_terminal) as live:
        while time.monotonic() - since < idle_seconds:
            watch.poll()
            if len(watch.ended_after) > ended:
                ended, since = len(watch.ended_after), time.monotonic()
            live.update(watch.table())
            if on_poll:
                on_poll(watch)
            if watch.is_over:
                return True
            time.sleep(0.3)
    return watch.is_over
