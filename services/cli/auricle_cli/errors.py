"""How commands fail, and the exit codes that scripts may rely on.

CliError             1   something went wrong, the message says what to do
├── Refused          2   the gateway answered with a problem
├── Unreachable      3   no gateway answers there
├── NotAllDone       4   the work ended, but some conversations are dead
├── NotAllSubmitted  5   some files were not submitted; the others were
├── GateRefused      6   a candidate is worse than it may be
└── TooFewToTell     7   there are too few golden items to say that it is good enough
"""

from typing import ClassVar

import httpx


class CliError(RuntimeError):
    """A failure that a person should read."""

    exit_code: ClassVar[int] = 1


class Refused(CliError):
    """The gateway's problem, with its stable code."""

    exit_code = 2

    def __init__(self, response: httpx.Response) -> None:
        try:
            problem = response.json()
        except ValueError:
            problem = {}
        self.code = str(problem.get("code", f"http_{response.status_code}"))
        self.status = response.status_code
        action = problem.get("action")
        detail = problem.get("detail") or response.reason_phrase
        super().__init__(f"{self.code}: {detail}" + (f" {action}" if action else ""))


class Unreachable(CliError):
    """Nobody listens at the gateway's address."""

    exit_code = 3


class NotAllDone(CliError):
    """At least one conversation ended dead."""

    exit_code = 4


class NotAllSubmitted(CliError):
    """At least one file that was meant to be submitted was not."""

    exit_code = 5


class GateRefused(CliError):
    """A limit is broken, or what is live is better; the report names the items."""

    exit_code = 6


class TooFewToTell(CliError):
    """No limit is broken for certain, and none is kept for certain: never a pass."""

    exit_code = 7
