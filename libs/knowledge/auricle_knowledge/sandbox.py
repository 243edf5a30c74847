"""The child process in which a stranger's document is read: `python -I -m auricle_knowledge.sandbox`.

order (a line of JSON) and bytes on stdin ─► limits ─► read ─► passages as JSON on stdout. It has no environment, writes no
file, gets little memory and CPU, and ends with its parent.
"""

import json
import os
import resource
import sys
from dataclasses import asdict
from typing import Any

from auricle_kit.child_process import die_with_parent

from auricle_knowledge import html_documents, passages, text_documents
from auricle_knowledge.decoding import decoded
from auricle_knowledge.documents import Document, Unreadable

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 30
_TOO_MUCH = ("document_too_long", "reading it takes more than allowed", "Send it in parts, an article each.")


def confine() -> None:
    """Of this process, from now on: it ends with its parent, writes no file, leaves no core, takes no more memory or CPU."""
    die_with_parent(os.getppid())
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def read(order: dict[str, Any], body: bytes) -> dict[str, Any]:
    """Title and passages, or why there are none."""
    try:
        document = _document(order["media_type"], order.get("charset"), body).titled(order.get("title"))
        return {"title": document.title, "passages": [asdict(one) for one in passages.cut(document)]}
    except Unreadable as error:
        return {"code": error.code, "why": error.why, "action": error.action}
    except (MemoryError, RecursionError):
        code, why, action = _TOO_MUCH
        return {"code": code, "why": why, "action": action}


def _document(media_type: str, charset: str | None, body: bytes) -> Document:
    """Parsers are imported when they are needed: a child that reads text starts in a third of the time."""
    if media_type == "application/pdf":
        from auricle_knowledge import pdf_documents

        return pdf_documents.read(body)
    text = decoded(body, charset, is_html=media_type == "text/html")
    if media_type == "text/markdown":
        from auricle_knowledge import markdown_documents

        return markdown_documents.read(text)
    return html_documents.read(text) if media_type == "text/html" else text_documents.read(text)


def main() -> None:
    """One order, one reply."""
    confine()
    order = json.loads(sys.stdin.buffer.readline())
    reply = read(order, sys.stdin.buffer.read())
    sys.stdout.write(json.dumps(reply))


if __name__ == "__main__":
    main()
