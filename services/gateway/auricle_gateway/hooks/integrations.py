"""Integrations: one file a vendor, that says how its posts are signed and which expressions make a conversation of them.

Read strictly, as all of prompts/: an unknown field or an expression that is none stops the process with the file's name.
"""

from collections.abc import Mapping
from pathlib import Path as File
from typing import Annotated, Literal

import yaml
from auricle_contracts import Role
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from auricle_gateway.errors import InvalidRequest
from auricle_gateway.hooks.expressions import Path


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Twilio(_Read):
    """X-Twilio-Signature: HMAC-SHA1 over the address and the sorted form, under the account's auth token."""

    scheme: Literal["twilio"]


class Hmac(_Read):
    """An HMAC of the body; `content` says what is signed, of {body} and {timestamp}."""

    scheme: Literal["hmac"]
    algorithm: Literal["sha1", "sha256"] = "sha256"
    header: str
    prefix: str = ""
    encoding: Literal["hex", "base64"] = "hex"
    content: str = "{body}"
    timestamp_header: str | None = None


class Salted(_Read):
    """A SHA-256 in the form, over a key, the field with the JSON and the secret as its salt."""

    scheme: Literal["salted"]
    field: str
    signed: tuple[str, ...]


class Token(_Read):
    """The secret itself: a bearer token, a basic password, a header, or a field of the query or the form."""

    scheme: Literal["token"]
    header: str | None = None
    field: str = "token"


Signature = Annotated[Twilio | Hmac | Salted | Token, Field(discriminator="scheme")]


class Setting(_Read):
    """What an operator says of a hook; expressions read it as `hook.<name>`."""

    about: str
    required: bool = False


class Speaker(_Read):
    """Who says a turn. `role` gives a word that the integration's `roles` know."""

    role: Path
    reference: Path | None = None
    name: Path | None = None


class Turns(_Read):
    """The list `each`, whose items are read with the whole payload as `root` beside their own fields; items without text are left out.

    `key` is the vendor's id of a turn, for those who send turns again with later ones.
    """

    each: Path
    speaker: Speaker
    text: Path
    at: Path | None = None
    key: Path | None = None


class Rule(_Read):
    """The first rule whose `when` holds makes the event. `key` is the vendor's id of the event, else the body's hash.

    `recording_in_body`: it also describes a recording that is the body of the post, from the fields beside it. `fetch_user` is sent
    with the hook's secret as its password to the host of `recording_url`.
    """

    name: str
    kind: Literal["conversation", "message", "patch", "ignored"]
    when: Path = Field(default_factory=lambda: Path("`true`"))
    key: Path | None = None
    fields: Mapping[str, Path] = Field(default_factory=dict)
    participants: tuple[Mapping[str, Path], ...] = ()
    turns: Turns | None = None
    closes: Path | None = None
    fetch_user: Path | None = None
    recording_in_body: bool = False
    metadata: Path = Field(default_factory=lambda: Path("@"))


class Integration(_Read):
    """A vendor's form. `recognised` must hold, else the post is refused with the words of `expects`."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: str
    docs: str
    expects: str
    recognised: Path
    signature: Signature
    settings: Mapping[str, Setting] = Field(default_factory=dict)
    unwrap: tuple[str, ...] = ()
    items: Path | None = None
    roles: Mapping[str, Role] = Field(default_factory=dict)
    drop: tuple[str, ...] = ()
    quiet_s: Annotated[float, Field(ge=0)] = 1800.0
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]

    def check_settings(self, given: Mapping[str, str]) -> None:
        """Raises InvalidRequest for a setting that it does not have, or lacks."""
        known = ", ".join(f"{name} ({one.about})" for name, one in self.settings.items()) or "none"
        missing = [name for name, one in self.settings.items() if one.required and name not in given]
        if strange := sorted(set(given) - set(self.settings)):
            raise InvalidRequest(f"{self.id} has no setting {strange[0]!r}", action=f"It takes: {known}.")
        if missing:
            raise InvalidRequest(f"{self.id} needs the setting {missing[0]!r}", action=f"It takes: {known}.")


def read_integrations(folder: File) -> dict[str, Integration]:
    """All files of the folder by their id. Raises ValueError with the file's name."""
    found: dict[str, Integration] = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            one = Integration.model_validate(yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader))
        except (ValidationError, yaml.YAMLError, TypeError) as error:
            raise ValueError(f"{path}: {error}") from error
        if one.id != path.stem:
            raise ValueError(f"{path}: it is named {one.id!r} inside")
        found[one.id] = one
    return found
