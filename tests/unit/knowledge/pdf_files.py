"""PDF files written by hand: the text layer as printing programs leave it, line by line, in Latin or Cyrillic letters."""

import io
from collections.abc import Sequence

from pypdf import PdfReader, PdfWriter

LETTERS = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"


def pdf(pages: Sequence[Sequence[str]]) -> bytes:
    """A file whose pages hold these lines."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", _font()]
    kids = []
    for lines in pages:
        drawn = b" T* ".join(b"(" + _encoded(line) + b") Tj" for line in lines)
        stream = b"BT /F1 12 Tf 14 TL 50 750 Td " + drawn + b" ET"
        objects.append(b"<</Length %d>>stream\n%b\nendstream" % (len(stream), stream))
        kids.append(len(objects) + 1)
        resources = b"<</Font<</F1 3 0 R>>>>"
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources %b/Contents %d 0 R>>"
            % (resources, len(objects))
        )
    named = b" ".join(b"%d 0 R" % kid for kid in kids)
    objects[1] = b"<</Type/Pages/Kids[%b]/Count %d>>" % (named, len(kids))
    return _file(objects)


def shut(data: bytes, user_password: str) -> bytes:
    """The same, encrypted."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt(user_password, "owner", algorithm="AES-256")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def _font() -> bytes:
    upper = " ".join(f"/{_glyph(letter)}" for letter in LETTERS)
    lower = " ".join(f"/{_glyph(letter.lower())}" for letter in LETTERS)
    encoding = f"<</Type/Encoding/Differences[128 {upper} 192 {lower}]>>"
    return f"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding {encoding}>>".encode()


def _glyph(letter: str) -> str:
    """Adobe's names: afii10017 to afii10049 are capitals, afii10065 to afii10097 small letters, both with Ё behind Е."""
    place = LETTERS.index(letter.upper())
    return f"afii{(10017 if letter.isupper() else 10065) + place}"


def _encoded(line: str) -> bytes:
    found = bytearray()
    for letter in line:
        if letter.upper() in LETTERS:
            found.append((128 if letter.isupper() else 192) + LETTERS.index(letter.upper()))
        else:
            found += letter.encode("latin-1").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return bytes(found)


def _file(objects: Sequence[bytes]) -> bytes:
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj%b endobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    trailer = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(body))
    return body + head + table + trailer
