"""Bytes of a text document as text: by its byte order mark, by the charset that was told, by the page itself, else UTF-8."""

import codecs
import re

from auricle_knowledge.documents import Unreadable

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_HEAD_BYTES = 2048
_SAY_IT = "Save it as UTF-8, or name the charset: Content-Type: text/html; charset=windows-1251."


def decoded(body: bytes, charset: str | None, *, is_html: bool) -> str:
    """The text. Raises Unreadable: nothing is guessed, as a wrong guess would be cited."""
    marked = next((encoding for mark, encoding in _MARKS if body.startswith(mark)), None)
    named = _META.search(body[:_HEAD_BYTES]) if is_html else None
    encoding = marked or charset or (named[1].decode() if named else "utf-8")
    try:
        return body.decode(encoding)
    except (LookupError, UnicodeError):
        raise Unreadable("document_broken", f"it is not text in {encoding}", _SAY_IT) from None
