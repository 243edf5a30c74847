"""The mail server: one letter at a time over SMTP, encrypted unless an operator says otherwise."""

import asyncio
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal

from auricle_keeper.webhook import Attempt, Verdict

Security = Literal["starttls", "tls", "none"]
_PERMANENT = 500


@dataclass(frozen=True, slots=True)
class Server:
    """Where mails go and how; without a `user` nobody signs in there. `sender` is their From."""

    host: str
    port: int
    security: Security
    user: str
    password: str
    sender: str
    total_seconds: float = 30.0


class Mailer:
    """Hands mails to one server, a connection a mail: they are few, and nothing is kept open that a server would close."""

    def __init__(self, server: Server, *, tls: ssl.SSLContext | None = None) -> None:
        self.server = server
        self._tls = tls or ssl.create_default_context()

    async def send(self, letter: EmailMessage) -> Attempt:
        """One mail to the address of its `To`; never raises. An answer is told by its code, never by what the server wrote."""
        try:
            async with asyncio.timeout(self.server.total_seconds * 2):
                await asyncio.to_thread(self._hand_over, letter)
        except smtplib.SMTPRecipientsRefused as error:
            return _answered(next(iter(error.recipients.values()))[0])
        except smtplib.SMTPAuthenticationError as error:  # ours to mend: the letters wait for it
            return Attempt(Verdict.RETRY, f"smtp {error.smtp_code}: sign-in refused")
        except smtplib.SMTPResponseException as error:
            return _answered(error.smtp_code)
        except (smtplib.SMTPException, OSError, TimeoutError) as error:
            return Attempt(Verdict.RETRY, type(error).__name__)
        except ValueError as error:  # an address that is none
            return Attempt(Verdict.REFUSED, type(error).__name__)
        return Attempt(Verdict.SENT, "smtp 250")

    def _hand_over(self, letter: EmailMessage) -> None:
        with self._connection()() as connection:
            if self.server.security == "starttls":
                connection.starttls(context=self._tls)
            if self.server.user:
                connection.login(self.server.user, self.server.password)
            connection.send_message(letter)

    def _connection(self) -> Callable[[], smtplib.SMTP]:
        server = self.server
        if server.security == "tls":
            return lambda: smtplib.SMTP_SSL(server.host, server.port, timeout=server.total_seconds, context=self._tls)
        return lambda: smtplib.SMTP(server.host, server.port, timeout=server.total_seconds)


def _answered(code: int) -> Attempt:
    """4xx may pass, 5xx will not."""
    return Attempt(Verdict.REFUSED if code >= _PERMANENT else Verdict.RETRY, f"smtp {code}")
