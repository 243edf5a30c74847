"""The socket between a worker's two processes: the child says what it holds, the parent says what was lost. One line each.

    child → parent   hold(stream, id)   work(id)   drop(id)
    parent → child   lost(id)

Words go out together when the loop turns. Whoever begins an item lets it turn once after `work` (`execution`), so that the word is out
before a handler takes the GIL for minutes. What was never told is found in Redis under the consumer's name.
"""

import asyncio
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from auricle_kit.child_process import EXIT_ORPHANED

from auricle_streams.delivery import Delivery, LeasePolicy
from auricle_streams.leases import OnLost

READ_BYTES = 262_144
PARENT_RESTS_S = 0.05
"""The parent needs what it hears at the next beat only; woken for every word it would take the core from the child that works."""


class Word(NamedTuple):
    """`hold`, `work`, `drop` or `lost`; `stream` is "" where it is not needed. Ids and stream names hold no blanks."""

    say: str
    id: str
    stream: str = ""


class Line:
    """One end of the socket. Never blocks and never fails to write: what the other end does not read yet is kept."""

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)
        self._end = end
        self._unsent = b""
        self._unread = b""
        self._rest: asyncio.TimerHandle | None = None

    def say(self, *word: str) -> None:
        """Write one word when the loop turns. A dead other end is nobody to tell."""
        if not self._unsent:
            asyncio.get_running_loop().call_soon(self._flush)
        self._unsent += " ".join(word).encode() + b"\n"

    def hear(self, heard: Callable[[Word], None], ended: Callable[[], None], *, rest_s: float = 0.0) -> None:
        """Call `heard` for every word from now on, looking again `rest_s` after each look, and `ended` once at the other's end."""
        loop = asyncio.get_running_loop()

        def listen() -> None:
            loop.add_reader(self._end, readable)

        def readable() -> None:
            got = self._read(heard)
            if got is None or rest_s:
                loop.remove_reader(self._end)
            if got is None:
                ended()
            elif rest_s:
                self._rest = loop.call_later(rest_s, listen)

        listen()

    def read_rest(self, heard: Callable[[Word], None]) -> None:
        """What a dead child had still said."""
        while self._read(heard):
            pass

    def close(self) -> None:
        """Stop listening and speaking."""
        if self._rest:
            self._rest.cancel()
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._end)
        loop.remove_writer(self._end)
        self._end.close()

    def _flush(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            self._unsent = self._unsent[self._end.send(self._unsent) :]
        except BlockingIOError:
            pass
        except OSError:
            self._unsent = b""
        with suppress(ValueError, OSError):  # closed meanwhile
            if self._unsent:
                loop.add_writer(self._end, self._flush)
            else:
                loop.remove_writer(self._end)

    def _read(self, heard: Callable[[Word], None]) -> int | None:
        """How many bytes came; None when the other end is gone."""
        try:
            got = self._end.recv(READ_BYTES)
        except BlockingIOError:
            return 0
        except OSError:
            got = b""
        *lines, self._unread = (self._unread + got).split(b"\n")
        for line in lines:
            heard(Word(*line.decode().split(" ")))
        return len(got) or None


class ChildLeases:
    """The child's side: implements `Leases` by telling the parent."""

    def __init__(self, line: Line, consumer: str, policy: LeasePolicy) -> None:
        self.consumer = consumer
        self.policy = policy
        self._line = line

    def hold(self, delivery: Delivery) -> None:
        """See Leases."""
        self._line.say("hold", delivery.entry_id, delivery.stream)

    def work(self, entry_id: str) -> None:
        """See Leases."""
        self._line.say("work", entry_id)

    def drop(self, entry_id: str) -> None:
        """See Leases."""
        self._line.say("drop", entry_id)

    def on_lost(self, call: OnLost) -> None:
        """See Leases. A parent that is gone takes its child along, should the kernel's signal be late."""
        self._line.hear(lambda word: call(word.id), lambda: os._exit(EXIT_ORPHANED))
