"""Where each process listens: the usual port when it is free, any free one when it is taken.

Between the choice and the first listener another process could take the port. A usual port is claimed by an abstract socket, which other
stacks see and which ends with its holder; any other port is left in TIME_WAIT, which keeps the kernel from giving it away for a minute.
"""

import socket
from collections.abc import Iterable
from contextlib import ExitStack

LOOPBACK = "127.0.0.1"
USUAL = {
    "gateway": 8080,
    "compressor": 8081,
    "rules": 8082,
    "llm": 8083,
    "console": 8090,
    "asr": 9101,
    "scorer": 9102,
    "keeper": 9103,
    "redis": 6380,
}


def is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def any_free() -> int:
    """A port that the kernel gives to nobody else for a minute, and on which a server with SO_REUSEADDR may listen.

    By bind alone, processes that draw at the same time draw some ports twice.
    """
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, 0))
        listener.listen(1)
        with socket.create_connection(listener.getsockname()):
            listener.accept()[0].close()  # who closes first keeps the port in TIME_WAIT
            port: int = listener.getsockname()[1]
    return port


def choose(names: Iterable[str], claims: ExitStack) -> dict[str, int]:
    """A port for each name; two names never share one. Other stacks leave the usual ones alone until `claims` closes."""
    chosen: dict[str, int] = {}
    for name in names:
        usual = USUAL.get(name)
        chosen[name] = usual if usual and is_free(usual) and _claimed(usual, claims) else any_free()
    return chosen


def _claimed(port: int, claims: ExitStack) -> bool:
    """Whether no other stack has said that it will listen there; from now on none may."""
    mark = claims.enter_context(socket.socket(socket.AF_UNIX))
    try:
        mark.bind(f"\0auricle-port-{port}")
    except OSError:
        return False
    return True
