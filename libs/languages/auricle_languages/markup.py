"""HTML as plain text whose characters know their places in the markup.

html.parser of the standard library is the only parser at hand that tells where each piece of text stands; lxml, selectolax and
inscriptis keep no offsets, and without them no quote could point into what came.
"""

import re
from html import unescape
from html.parser import HTMLParser

from auricle_languages.offset_text import Char, OffsetText

_BLOCKS = frozenset(
    "address article blockquote body center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre "
    "section table tbody tfoot thead tr ul".split()
)
_INLINE = frozenset(
    "a abbr b big br caption code col colgroup del em font i img ins label mark meta o:p q s small span strike strong sub sup td th time "
    "tt u wbr".split()
)
_UNSEEN = frozenset({"head", "script", "style", "title", "template"})
_KNOWN = _BLOCKS | _INLINE | _UNSEEN
_TAG = re.compile(
    r"</?(" + "|".join(sorted(map(re.escape, _KNOWN), key=len, reverse=True)) + r")(?:\s[^<>]*)?/?>", re.IGNORECASE
)
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,30}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_QUOTES = frozenset({"blockquote"})
_QUOTE_CLASSES = ("gmail_quote", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote")


def is_marked_up(text: str) -> bool:
    """Whether the text holds a tag or an entity of HTML; a lone "<" or an unknown tag is no markup."""
    return ("<" in text and _TAG.search(text) is not None) or ("&" in text and _ENTITY.search(text) is not None)


def plain(text: str) -> OffsetText:
    """The text that a reader of the page would see; lines where blocks end, "- " before items of lists.

    A page that shows nothing of its words stays as it came.
    """
    if "<" not in text or _TAG.search(text) is None:
        return _Entities(text).read()
    shown = _Reader(text).read()
    return OffsetText.of(text) if not shown.chars and _TAG.sub("", text).strip() else shown


class _Entities:
    """A text without tags: entities only, white space stays."""

    def __init__(self, source: str) -> None:
        self._source = source

    def read(self) -> OffsetText:
        chars: list[Char] = []
        last = 0
        for found in _ENTITY.finditer(self._source):
            chars += _verbatim(self._source, last, found.start())
            chars += _entity(found.group(), found.start(), quoted=False)
            last = found.end()
        return OffsetText(chars + _verbatim(self._source, last, len(self._source)))


def _verbatim(source: str, start: int, end: int) -> list[Char]:
    return [Char(source[place], place, place + 1) for place in range(start, end)]


def _entity(written: str, start: int, *, quoted: bool) -> list[Char]:
    return [Char(char, start, start + len(written), quoted) for char in unescape(written)]


class _Reader(HTMLParser):
    """`_quotes` and `_unseen` count open tags; `_waiting` is the break that the next visible character needs before it."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self._source = source
        self._line_starts = [0, *(place + 1 for place, char in enumerate(source) if char == "\n")]
        self._chars: list[Char] = []
        self._open: list[tuple[str, bool]] = []
        self._unseen = 0
        self._waiting = ""

    def read(self) -> OffsetText:
        self.feed(self._source)
        self.close()
        return OffsetText(self._chars)

    @property
    def _place(self) -> int:
        line, column = self.getpos()
        return self._line_starts[line - 1] + column

    @property
    def _quoted(self) -> bool:
        return any(quoted for _, quoted in self._open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _KNOWN:
            self._write(self.get_starttag_text() or "", self._place)
            return
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "br":
            self._break("\n", again=True)
        elif tag in _BLOCKS:
            self._break("\n")
        elif tag in ("td", "th"):
            self._break(" ")
        classes = dict(attrs).get("class") or ""
        self._open.append((tag, tag in _QUOTES or any(name in classes for name in _QUOTE_CLASSES)))
        if tag == "li":
            place = self._place
            self._flush(place)
            self._chars += [Char("-", place, place, self._quoted), Char(" ", place, place, self._quoted)]
        if tag in ("br", "hr", "img", "meta", "col", "wbr"):
            self._open.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if self._open and self._open[-1][0] == tag:
            self._open.pop()
            self._unseen -= tag in _UNSEEN

    def handle_endtag(self, tag: str) -> None:
        if tag not in _KNOWN:
            self._write(f"</{tag}>", self._place)
            return
        if tag in _UNSEEN and self._unseen:
            self._unseen -= 1
        if tag in _BLOCKS:
            self._break("\n")
        named = [place for place, (name, _) in enumerate(self._open) if name == tag]
        if named:
            del self._open[named[-1] :]

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._write(data, self._place)

    def handle_entityref(self, name: str) -> None:
        self._reference(f"&{name}")

    def handle_charref(self, name: str) -> None:
        self._reference(f"&#{name}")

    def _reference(self, written: str) -> None:
        if self._unseen:
            return
        place = self._place
        written += ";" if self._source.startswith(written + ";", place) else ""
        self._flush(place)
        self._chars += _entity(written, place, quoted=self._quoted)

    def _write(self, data: str, start: int) -> None:
        """Text with its white space as a browser shows it: one space for many, none where a line begins."""
        for found in re.finditer(r"[ \t\r\n\f]+|[^ \t\r\n\f]+", data):
            if found.group()[0] in " \t\r\n\f":
                self._break(" ")
                continue
            self._flush(start + found.start())
            self._chars += [
                Char(char, start + place, start + place + 1, self._quoted)
                for place, char in enumerate(found.group(), found.start())
            ]

    def _break(self, separator: str, *, again: bool = False) -> None:
        if again and self._waiting.startswith("\n"):
            self._waiting += separator
        elif (separator == "\n" and not self._waiting.startswith("\n")) or not self._waiting:
            self._waiting = separator

    def _flush(self, place: int) -> None:
        if self._chars and self._waiting:
            self._chars += [Char(char, place, place, self._quoted) for char in self._waiting]
        self._waiting = ""
