"""SIGTERM and SIGINT as one event that every loop of a process waits for."""

import asyncio
import signal

from auricle_kit import log

logger = log.get("drain")


class Drain:
    """`stopping` is set at the first signal; a second SIGINT ends the process the hard way."""

    def __init__(self) -> None:
        self.stopping = asyncio.Event()

    def install(self) -> "Drain":
        """Take over the signals of the running loop."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._signalled, number)
        return self

    def _signalled(self, number: int) -> None:
        if self.stopping.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        logger.info("stopping", signal=signal.Signals(number).name)
        self.stopping.set()

    async def wait(self, seconds: float) -> bool:
        """Sleep, but no longer than until the stop; True when stopping."""
        try:
            await asyncio.wait_for(self.stopping.wait(), seconds)
        except TimeoutError:
            return False
        return True
