"""The one place where an address becomes a store; boto3 is loaded only for a bucket."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from auricle_records.blobs.store import BlobStore


def open_store(url: str) -> BlobStore:
    """`file:///folder` or `s3://bucket/prefix?endpoint=http://host:port&region=eu-central-1`. Credentials come the way boto3 finds them."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        from auricle_records.blobs.folder import FolderStore

        return FolderStore(Path(parts.path))
    if parts.scheme == "s3":
        from auricle_records.blobs.s3 import S3Store

        options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        return S3Store(parts.netloc, parts.path.strip("/"), **options)
    raise ValueError(f"a blob store is file:///folder or s3://bucket/prefix, not {parts.scheme!r}")
