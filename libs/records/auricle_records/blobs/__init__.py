"""The blob store: audio and transcripts, in a folder or on S3. Nothing is visible before it is complete."""

from auricle_records.blobs.chunks import read_all
from auricle_records.blobs.opening import open_store
from auricle_records.blobs.store import BlobStore, PresignedPost, Stored

__all__ = ["BlobStore", "PresignedPost", "Stored", "open_store", "read_all"]
