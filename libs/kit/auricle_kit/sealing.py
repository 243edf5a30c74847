"""What a workspace must not lose to a reader of the database: AES-256-GCM under a key of its own, derived from a master key with an id.

    AURICLE_MASKING_KEYS = "2026b:<base64 of 32 bytes>,2026a:<…>"      the first one seals, every one opens

Purpose and owner are authenticated with the text, so what is sealed for one row opens in no other. Rotation: put a new key first; what
was sealed before opens under its own key's id until it is sealed anew or deleted.
"""

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12


class Unreadable(ValueError):
    """Something sealed whose key is not here, or that was changed, or that belongs to another row."""


@dataclass(frozen=True)
class Owner:
    """Whose it is: a workspace, what it is for, and the row that it stands in."""

    workspace: str
    purpose: str
    row: str

    @classmethod
    def of_reverse_map(cls, workspace: str, conversation_id: str, revision: int) -> "Owner":
        """Of what placeholders stand for in one revision of a conversation."""
        return cls(workspace, "reverse map", f"{conversation_id} {revision}")

    @property
    def bound(self) -> bytes:
        return f"{self.workspace}\n{self.purpose}\n{self.row}".encode()


@dataclass(frozen=True, slots=True)
class Sealed:
    """What may be stored: the id of the master key, and nonce with ciphertext."""

    key_id: str
    body: bytes


class Keyring:
    """Seals with its first key, opens with any."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if any(len(key) != KEY_BYTES for key in keys.values()):
            raise ValueError(f"a masking key has {KEY_BYTES} bytes")
        self._keys = dict(keys)

    @classmethod
    def parse(cls, setting: str) -> "Keyring | None":
        """From `id:base64,id:base64`; None for an empty setting. Raises ValueError, never with the key in its words."""
        keys: dict[str, bytes] = {}
        for part in filter(None, (one.strip() for one in setting.split(","))):
            name, _, encoded = part.partition(":")
            try:
                keys[name] = base64.b64decode(encoded, altchars=b"-_", validate=True)
            except binascii.Error:
                raise ValueError("a masking key is not base64") from None
            if not name:
                raise ValueError("a masking key has no id")
        return cls(keys) if keys else None

    @property
    def opens(self) -> frozenset[str]:
        """The ids of the keys that are here."""
        return frozenset(self._keys)

    @property
    def seals_with(self) -> str:
        """The id of the key that seals."""
        return next(iter(self._keys))

    def seal(self, plain: bytes, owner: Owner) -> Sealed:
        """Encrypt under the first key."""
        nonce = os.urandom(NONCE_BYTES)
        body = self._cipher(self.seals_with, owner).encrypt(nonce, plain, owner.bound)
        return Sealed(self.seals_with, nonce + body)

    def open(self, sealed: Sealed, owner: Owner) -> bytes:
        """Decrypt. Raises Unreadable."""
        if sealed.key_id not in self._keys:
            raise Unreadable(f"no masking key {sealed.key_id!r}")
        nonce, body = sealed.body[:NONCE_BYTES], sealed.body[NONCE_BYTES:]
        try:
            return self._cipher(sealed.key_id, owner).decrypt(nonce, body, owner.bound)
        except (InvalidTag, ValueError):
            raise Unreadable("what is sealed was changed, or is another row's") from None

    def _cipher(self, key_id: str, owner: Owner) -> AESGCM:
        derived = HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=b"auricle " + owner.workspace.encode())
        return AESGCM(derived.derive(self._keys[key_id]))
