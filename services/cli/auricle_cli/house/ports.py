"""Where each process listens: the usual port when it is free, any free one when it is taken."""

import socket
from collections.abc import Iterable

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


def _any_free() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


def choose(names: Iterable[str] = USUAL) -> dict[str, int]:
    """A port for each name; two names never share one."""
    chosen: dict[str, int] = {}
    for name in names:
        port = USUAL[name] if name in USUAL and is_free(USUAL[name]) else _any_free()
        while port in chosen.values():
            port = _any_free()
        chosen[name] = port
    return chosen
