"""Who posts: a vendor's signature, checked in constant time before anything of the body is believed. Pure."""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from auricle_gateway.errors import SignatureInvalid
from auricle_gateway.hooks.integrations import Hmac, Integration, Salted, Token, Twilio

TOLERANCE_S = 300.0
PLAIN = Token(scheme="token")


@dataclass(frozen=True)
class Post:
    """What a vendor sent. `url` is the address as the vendor called it; header names are in lower case."""

    url: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    form: tuple[tuple[str, str], ...] = ()


def check(post: Post, integration: Integration, secret: str, settings: Mapping[str, str]) -> None:
    """Raises SignatureInvalid with what was expected, never with what would have been right.

    Whoever sends the secret itself knows it: an export by hand, or a vendor's version that does not sign yet.
    """
    signature = integration.signature
    if not isinstance(signature, Token) and _token(PLAIN, post, secret):
        return
    if isinstance(signature, Twilio):
        expected, given = twilio(post.url, post.form, secret), post.headers.get("x-twilio-signature", "")
        where = "X-Twilio-Signature over this hook's address and the form"
    elif isinstance(signature, Hmac):
        expected, given = _hmac(signature, post, secret)
        where = f"{signature.header} over the body"
    elif isinstance(signature, Salted):
        form = dict(post.form)
        content = "".join(form.get(name) or settings.get(name, "") for name in signature.signed) + secret
        expected, given = hashlib.sha256(content.encode()).hexdigest(), form.get(signature.field, "")
        where = f"the field {signature.field}"
    else:
        expected, given = secret, _token(signature, post, secret)
        where = "the hook's secret as a bearer token, a basic password" + _also(signature)
    if not hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogateescape")):
        raise SignatureInvalid(where)


def twilio(url: str, form: tuple[tuple[str, str], ...], secret: str) -> str:
    """The signature of Twilio's request validation: the address, then name and value of each field in order of names."""
    content = url + "".join(name + value for name, value in sorted(set(form)))
    return base64.b64encode(hmac.new(secret.encode(), content.encode(), hashlib.sha1).digest()).decode()


def _hmac(signature: Hmac, post: Post, secret: str) -> tuple[str, str]:
    told = post.headers.get((signature.timestamp_header or "").lower(), "")
    if signature.timestamp_header and abs(time.time() - _seconds(told)) > TOLERANCE_S:
        raise SignatureInvalid(f"{signature.timestamp_header} of the last five minutes")
    before, _, after = signature.content.replace("{timestamp}", told).partition("{body}")
    digest = hmac.new(secret.encode(), before.encode() + post.body + after.encode(), signature.algorithm).digest()
    encoded = digest.hex() if signature.encoding == "hex" else base64.b64encode(digest).decode()
    return signature.prefix + encoded, post.headers.get(signature.header.lower(), "")


def _seconds(told: str) -> float:
    with suppress(ValueError):
        return float(told)
    with suppress(ValueError):
        return datetime.fromisoformat(told).timestamp()
    return 0.0


def _token(signature: Token, post: Post, secret: str) -> str:
    """The first of the places that holds it; an empty text where none does."""
    scheme, _, rest = post.headers.get("authorization", "").partition(" ")
    places = [rest] if scheme.lower() == "bearer" else []
    if scheme.lower() == "basic":
        with suppress(ValueError):
            places.append(base64.b64decode(rest).decode("utf-8", "replace").partition(":")[2])
    places.append(post.headers.get((signature.header or "").lower(), ""))
    places += [post.query.get(signature.field, ""), dict(post.form).get(signature.field, "")]
    return next((one for one in places if hmac.compare_digest(one.encode("utf-8", "replace"), secret.encode())), "")


def _also(signature: Token) -> str:
    header = f", the header {signature.header}" if signature.header else ""
    return f"{header} or the field {signature.field}"
