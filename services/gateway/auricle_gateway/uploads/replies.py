"""Bodies and replies of the uploads routes."""

from datetime import datetime
from typing import Annotated, Literal

from auricle_contracts import Contract
from pydantic import Field


class UploadIn(Contract):
    """What will be uploaded. With a size, exactly that many bytes must come."""

    size_bytes: Annotated[int, Field(ge=1)] | None = None


class UploadView(Contract):
    """Send the file to `url` by `method`: PUT the bytes, or POST a form with `fields` before the part `file`.

    Then name `id` as the upload_id of a conversation.
    """

    id: str
    url: str
    method: Literal["PUT", "POST"]
    fields: dict[str, str]
    max_bytes: int
    expires_at: datetime
