"""Blobs on S3 or what speaks its language. boto3 has no asyncio: each call takes one of a few threads.

A stream is sent in parts of 8 MiB, so that a recording of any length takes little memory; nothing is visible before the last part is
confirmed. A crash leaves unfinished parts: let the bucket's lifecycle rule abort multipart uploads after a day.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from auricle_records.blobs.chunks import batches
from auricle_records.blobs.store import PresignedPost, Stored
from auricle_records.errors import BlobMissing, RangeNotSatisfiable, StoreUnavailable

Params = ParamSpec("Params")
Result = TypeVar("Result")

_PART = 8 << 20  # S3 takes parts from 5 MiB on, and 10,000 of them: 80 GB
_READ = 1 << 20
_MISSING = {"NoSuchKey", "404", "NotFound", "NoSuchUpload"}
_THREADS = 16


class S3Store:
    """A BlobStore in a bucket, under an optional prefix."""

    def __init__(
        self, bucket: str, prefix: str = "", *, endpoint: str | None = None, region: str | None = None
    ) -> None:
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="s3")
        config = Config(
            connect_timeout=5,
            read_timeout=60,
            max_pool_connections=_THREADS,
            retries={"max_attempts": 4, "mode": "standard"},
            # boto3 still makes forms by the old signature in some regions, which a bucket with KMS refuses.
            signature_version="s3v4",
            # Newer checksums by default are refused by several stores that speak S3.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        self._client: Any = boto3.client("s3", endpoint_url=endpoint, region_name=region, config=config)

    async def put(self, key: str, chunks: AsyncIterator[bytes]) -> Stored:
        """A short stream is one request, a long one a multipart upload that is aborted when anything goes wrong."""
        parts = batches(chunks, _PART)
        first = await anext(parts, b"")
        second = await anext(parts, None)
        if second is None:
            return await self.put_bytes(key, first)
        upload = _Multipart(self, key)
        return await upload.send(first, second, parts)

    async def put_bytes(self, key: str, body: bytes) -> Stored:
        """One request."""
        await self.call(self._client.put_object, Key=self._key(key), Body=body)
        return Stored(key, len(body), await self._run(lambda: hashlib.sha256(body).hexdigest()))

    async def get_bytes(self, key: str) -> bytes:
        """The whole blob."""
        return await self._run(partial(self._get, self._key(key)))

    def _get(self, key: str) -> bytes:
        body: bytes = self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        return body

    async def read(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """One request; a mebibyte at a time is taken from its answer."""
        if start < 0:
            raise RangeNotSatisfiable("a range starts at 0 or behind")
        if end is not None and end <= start:
            return
        wanted = {"Range": f"bytes={start}-{'' if end is None else end - 1}"} if start or end is not None else {}
        answer = await self.call(self._client.get_object, Key=self._key(key), **wanted)
        try:
            while chunk := await self._run(partial(answer["Body"].read, _READ)):
                yield chunk
        finally:
            answer["Body"].close()

    async def size(self, key: str) -> int:
        """Bytes of the blob."""
        return int((await self.call(self._client.head_object, Key=self._key(key)))["ContentLength"])

    async def local_path(self, key: str, into: Path) -> Path:
        """A copy in `into`, which the caller deletes."""
        path = into / hashlib.sha256(key.encode()).hexdigest()[:24]
        with path.open("wb") as file:
            async for chunk in self.read(key):
                await asyncio.to_thread(file.write, chunk)
        return path

    async def move(self, source: str, target: str) -> None:
        """A copy within the store, then the deletion."""
        await self.call(
            self._client.copy_object,
            Key=self._key(target),
            CopySource={"Bucket": self._bucket, "Key": self._key(source)},
        )
        await self.delete(source)

    async def delete(self, key: str) -> None:
        """Remove a blob; a missing one is fine."""
        await self.call(self._client.delete_object, Key=self._key(key))

    async def delete_prefix(self, prefix: str) -> int:
        """A request for each thousand."""
        if not prefix.endswith("/"):
            raise ValueError(f"a prefix ends in a slash: {prefix!r}")
        count = 0
        async for keys in self._pages(prefix):
            answer = await self.call(
                self._client.delete_objects, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True}
            )
            if answer.get("Errors"):
                raise StoreUnavailable(f"S3 did not delete: {answer['Errors'][0].get('Code')}")
            count += len(keys)
        return count

    async def list(self, prefix: str) -> AsyncIterator[str]:
        """The keys that begin with `prefix`, in order."""
        async for keys in self._pages(prefix):
            for key in keys:
                yield key.removeprefix(self._prefix)

    async def _pages(self, prefix: str) -> AsyncIterator[Sequence[str]]:
        more: dict[str, str] = {}
        while True:
            answer = await self.call(self._client.list_objects_v2, Prefix=self._key(prefix), **more)
            keys = [entry["Key"] for entry in answer.get("Contents", ())]
            if keys:
                yield keys
            if not answer.get("IsTruncated"):
                return
            more = {"ContinuationToken": answer["NextContinuationToken"]}

    async def presign_post(self, key: str, *, max_bytes: int, expires_s: int) -> PresignedPost | None:
        """S3 itself refuses an empty body and one of more than `max_bytes`."""
        make = partial(
            self._client.generate_presigned_post,
            self._bucket,
            self._key(key),
            Conditions=[["content-length-range", 1, max_bytes]],
            ExpiresIn=expires_s,
        )
        form: Mapping[str, Any] = await self._run(make)
        return PresignedPost(form["url"], form["fields"])

    async def check(self) -> None:
        """Raise StoreUnavailable unless the bucket answers."""
        try:
            await self.call(self._client.head_bucket)
        except BlobMissing as error:
            raise StoreUnavailable(f"no bucket {self._bucket}") from error

    async def close(self) -> None:
        """Let go of threads and connections."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._client.close()

    async def call(self, method: Callable[..., Any], **arguments: object) -> Any:
        """A call of boto3's client on our bucket."""
        return await self._run(partial(method, Bucket=self._bucket, **arguments))

    async def _run(self, work: Callable[[], Result]) -> Result:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except ClientError as error:
            raise _translated(error) from error
        except (BotoCoreError, OSError) as error:
            raise StoreUnavailable(f"S3 does not answer: {type(error).__name__}") from error

    def _key(self, key: str) -> str:
        return self._prefix + key

    def full_key(self, key: str) -> str:
        """The key within the bucket."""
        return self._key(key)

    @property
    def client(self) -> Any:
        """boto3's client, for the multipart upload below."""
        return self._client


class _Multipart:
    """One upload in parts. A part is hashed on its way out, in order; the abort waits for the part that is under way."""

    def __init__(self, store: S3Store, key: str) -> None:
        self._store = store
        self._key = key
        self._upload: dict[str, str] = {}
        self._parts: list[dict[str, object]] = []
        self._hash = hashlib.sha256()
        self._size = 0

    async def send(self, first: bytes, second: bytes, rest: AsyncIterator[bytes]) -> Stored:
        answer = await self._store.call(self._store.client.create_multipart_upload, Key=self._store.full_key(self._key))
        self._upload = {"Key": self._store.full_key(self._key), "UploadId": answer["UploadId"]}
        try:
            await self._send_part(first)
            await self._send_part(second)
            async for part in rest:
                await self._send_part(part)
            complete = self._store.client.complete_multipart_upload
            await self._store.call(complete, **self._upload, MultipartUpload={"Parts": self._parts})
        except BaseException:
            await asyncio.shield(self._store.call(self._store.client.abort_multipart_upload, **self._upload))
            raise
        return Stored(self._key, self._size, self._hash.hexdigest())

    async def _send_part(self, body: bytes) -> None:
        number = len(self._parts) + 1
        sending = asyncio.ensure_future(
            self._store.call(partial(self._hashed_upload, body), PartNumber=number, Body=body)
        )
        try:
            answer = await asyncio.shield(sending)
        except asyncio.CancelledError:
            await asyncio.wait([sending])  # a part that arrives after the abort would stay, and be paid for
            raise
        self._size += len(body)
        self._parts.append({"PartNumber": number, "ETag": answer["ETag"]})

    def _hashed_upload(self, body: bytes, **arguments: object) -> Any:
        self._hash.update(body)
        return self._store.client.upload_part(**arguments, **self._upload)


def _translated(error: ClientError) -> Exception:
    code = str(error.response.get("Error", {}).get("Code", ""))
    if code in _MISSING:
        return BlobMissing("S3 has no such key")
    if code in {"InvalidRange", "416"}:
        return RangeNotSatisfiable("the range starts behind the blob's end")
    return StoreUnavailable(f"S3 answers {code}")
