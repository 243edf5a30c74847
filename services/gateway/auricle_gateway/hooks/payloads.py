"""The body of a post as a value: JSON, a form, XML, or one of them inside a field of a form. Pure."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from pydantic_core import from_json

from auricle_gateway.errors import InvalidRequest

MOST_FIELDS = 500


def form_fields(raw: bytes) -> list[tuple[str, str]]:
    """The fields of a form as they came, empty ones too. Raises InvalidRequest."""
    try:
        return parse_qsl(
            raw.decode(), keep_blank_values=True, strict_parsing=bool(raw), max_num_fields=MOST_FIELDS, errors="strict"
        )
    except ValueError:
        raise InvalidRequest("the body is neither JSON nor XML nor a form") from None


def payload(raw: bytes, unwrap: Iterable[str] = ()) -> Any:
    """By its first character, since vendors name its type wrongly. `unwrap` are fields of a form that hold the value itself."""
    body = raw.lstrip(b"\xef\xbb\xbf \t\r\n")
    if body[:1] in (b"{", b"["):
        return _json(body)
    if body[:1] == b"<":
        return _xml(body)
    fields = dict(form_fields(body))
    for name in unwrap:
        if inner := fields.get(name, "").strip():
            return payload(inner.encode(), ())
    return fields


def _json(body: bytes) -> Any:
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise InvalidRequest(f"the body is not JSON: {error}") from None


def _xml(body: bytes) -> Any:
    try:
        root = fromstring(body)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise InvalidRequest(f"the body is not XML that is read here ({type(error).__name__})") from None
    return {root.tag: _element(root)}


def _element(element: Element, depth: int = 0) -> Any:
    """A leaf is its text; children of one name become a list, attributes stand beside them as `@name`."""
    if depth > 50:
        raise InvalidRequest("the XML is nested too deep")
    found: dict[str, Any] = {f"@{name}": value for name, value in element.attrib.items()}
    for child in element:
        value = _element(child, depth + 1)
        if child.tag not in found:
            found[child.tag] = value
        elif isinstance(found[child.tag], list):
            found[child.tag].append(value)
        else:
            found[child.tag] = [found[child.tag], value]
    return found or (element.text or "").strip()
