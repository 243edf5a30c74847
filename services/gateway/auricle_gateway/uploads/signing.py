"""Signed upload URLs for the folder store, which has no presigned form of its own: the URL is the permission, for one key and one time."""

import hashlib
import hmac
import time
from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True)
class Signer:
    """HMAC-SHA256 over workspace, upload and expiry (Unix seconds)."""

    secret: bytes
    public_url: str

    def url(self, workspace: str, upload_id: str, expires: int) -> str:
        """Where to PUT the recording, without a key, until `expires`."""
        signature = self._sign(workspace, upload_id, expires)
        query = urlencode({"workspace": workspace, "expires": expires, "signature": signature})
        return f"{self.public_url.rstrip('/')}/v1/uploads/{upload_id}?{query}"

    def is_valid(self, workspace: str, upload_id: str, expires: int, signature: str) -> bool:
        """Whether we signed exactly this and its time is not over."""
        wanted = self._sign(workspace, upload_id, expires)
        return hmac.compare_digest(wanted.encode(), signature.encode("utf-8", "replace")) and expires > time.time()

    def _sign(self, workspace: str, upload_id: str, expires: int) -> str:
        message = "\n".join((workspace, upload_id, str(expires)))
        return hmac.new(self.secret, message.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
