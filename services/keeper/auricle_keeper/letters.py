"""What a mail says: the notices of one person in their language, as text and as simple HTML. Pure.

A conversation is a link, never words of it: a mailbox is outside of everything that masks and deletes.
"""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from auricle_contracts.notices import NoticeKind
from auricle_records.notices.mailing import Letter, Notice

MOST_LINES = 20
"""Of one kind; a mail of a hundred findings says how many more there are."""
_PATHS = {
    NoticeKind.APPEAL_OPENED: "/appeals",
    NoticeKind.APPEAL_DUE: "/appeals",
    NoticeKind.APPEAL_DECIDED: "/appeals",
    NoticeKind.GATE_REFUSED: "/settings/artefacts/{artefact}",
    NoticeKind.CANARY_STOPPED: "/settings/artefacts/{artefact}",
    NoticeKind.TRAINING_PROPOSED: "/settings/trainings/{training}",
    NoticeKind.TRAINING_ENDED: "/settings/trainings/{training}",
    NoticeKind.COACHING_GIVEN: "/coaching/{task}",
    NoticeKind.COACHING_DUE: "/coaching/{task}",
    NoticeKind.CALIBRATION_INVITED: "/calibrations/{calibration}",
    NoticeKind.QUIZ_GIVEN: "/quizzes/{assignment}",
    NoticeKind.QUIZ_DUE: "/quizzes/{assignment}",
    NoticeKind.QUIZ_ANSWERED: "/coaching/quizzes/{quiz}",
    NoticeKind.FINDINGS: "/conversations/{conversation}",
    NoticeKind.REVIEW_ASSIGNED: "/conversations/{conversation}",
    NoticeKind.SIGN_IN_RESET: "/login",
}
Line = tuple[str, str]


@cache
def texts(language: str) -> Mapping[str, Any]:
    """The words of `ru` or `en`."""
    return tomllib.loads((files("auricle_keeper") / "texts" / f"{language}.toml").read_text(encoding="utf-8"))


def compose(letter: Letter, *, sender: str, page_url: str, language: str) -> EmailMessage:
    """The mail. Its Message-ID is that of its notices, so a server that had it already can tell. Raises ValueError for an address that
    is none.
    """
    words = texts(letter.language or language)
    of_kinds = {kind: [one for one in letter.notices if one.kind is kind] for kind in NoticeKind}
    sections = [
        (words["notice"][kind]["title"], [_line(one, words, page_url) for one in told], len(told))
        for kind, told in of_kinds.items()
        if told
    ]
    subject = sections[0][0] if len(sections) == 1 else words["mail"]["subject"].format(count=len(letter.notices))
    greeting = words["mail"]["greeting"].format(name=letter.name)
    settings = f"{page_url}/me/notices"
    mail = message(letter.email, sender=sender, subject=subject, key="|".join(one.id for one in letter.notices))
    mail["List-Unsubscribe"] = f"<{settings}>"
    foot = words["mail"]["foot"]
    mail.set_content(_plain(greeting, sections, f"{foot} {settings}", words))
    mail.add_alternative(_html(greeting, sections, (foot, settings), words), subtype="html")
    return mail


def message(to: str, *, sender: str, subject: str, key: str) -> EmailMessage:
    """An empty mail with its headers; `key` makes its Message-ID. Raises ValueError for an address that is none."""
    mail = EmailMessage()
    address = Address(addr_spec=to)
    mail["From"], mail["To"], mail["Subject"] = sender, address, subject
    mail["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@auricle>"
    mail["Auto-Submitted"] = "auto-generated"
    return mail


def _line(notice: Notice, words: Mapping[str, Any], page_url: str) -> Line:
    """What happened, and where it stands on the page."""
    data = {name: _shown(name, value, words) for name, value in notice.data.items()}
    said = {
        "who": "",
        "due": "",
        "title": "",
        "verdict": "",
        "findings": "",
        "what": "",
        "people": "",
        "ended": "",
    } | data
    named = {name: quote(str(value), safe="") for name, value in notice.data.items()}
    path = _PATHS[notice.kind].format(**named | {"conversation": quote(notice.conversation_id or "", safe="")})
    return words["notice"][notice.kind]["line"].format(**said), page_url + path


def _shown(name: str, value: Any, words: Mapping[str, Any]) -> str:
    if name == "due" and value:
        return f"{datetime.fromisoformat(str(value)):%d.%m.%Y}"
    if name in ("verdict", "what", "ended"):
        return str(words[name].get(str(value), value))
    return str(value if value is not None else "")


def _plain(greeting: str, sections: Sequence[tuple[str, list[Line], int]], foot: str, words: Mapping[str, Any]) -> str:
    lines = [greeting, ""]
    for title, told, count in sections:
        lines += [f"{title}:", *(f"- {text}\n  {link}" for text, link in told[:MOST_LINES]), *_more(count, words), ""]
    return "\n".join([*lines, "--", foot, ""])


def _html(greeting: str, sections: Sequence[tuple[str, list[Line], int]], foot: Line, words: Mapping[str, Any]) -> str:
    parts = [f"<p>{escape(greeting)}</p>"]
    for title, told, count in sections:
        listed = "".join(f'<li><a href="{escape(link)}">{escape(text)}</a></li>' for text, link in told[:MOST_LINES])
        more = "".join(f"<li>{escape(one)}</li>" for one in _more(count, words))
        parts.append(f"<h3>{escape(title)}</h3><ul>{listed}{more}</ul>")
    text, link = foot
    return f'<html><body>{"".join(parts)}<p><small>{escape(text)} <a href="{escape(link)}">{escape(link)}</a></small></p></body></html>'


def _more(count: int, words: Mapping[str, Any]) -> list[str]:
    return [words["mail"]["more"].format(count=count - MOST_LINES)] if count > MOST_LINES else []
