"""The Lua scripts, loaded from `lua/`. Each runs as one step of Redis and looks at who holds an entry before it changes anything."""

from collections.abc import Awaitable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Protocol


class Script(Protocol):
    """redis-py's registered script."""

    sha: str

    def __call__(self, *, keys: Sequence[str], args: Sequence[Any]) -> Awaitable[Any]: ...


NAMES = ("renew", "finish", "release", "reclaim", "bury", "publish_under", "publish_many_under", "remove_idle")


@cache
def source(name: str) -> str:
    """The script's text with `holder` in front."""
    folder = files("auricle_streams").joinpath("lua")
    return folder.joinpath("holder.lua").read_text() + folder.joinpath(f"{name}.lua").read_text()


class Scripts:
    """Every script bound to one client; sent by hash, and in full again after a SCRIPT FLUSH or a restart."""

    def __init__(self, redis: Any) -> None:
        bound: list[Script] = [redis.register_script(source(name)) for name in NAMES]
        self.renew, self.finish, self.release, self.reclaim, self.bury = bound[:5]
        self.publish_under, self.publish_many_under, self.remove_idle = bound[5:]
