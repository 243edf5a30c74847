"""One suite for every blob store: the folder, and S3 as moto's server plays it."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from auricle_records import paths
from auricle_records.blobs import BlobStore, open_store, read_all
from auricle_records.blobs.s3 import S3Store
from auricle_records.errors import BlobMissing, RangeNotSatisfiable, StoreUnavailable
from moto.server import ThreadedMotoServer

MIB = 1 << 20
_buckets = count(1)


@pytest.fixture(scope="module")
def moto_url() -> Iterator[str]:
    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ACCESS_KEY_ID", "moto")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "moto")
        environment.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield f"http://{host}:{port}"
    server.stop()


def bucket(moto_url: str) -> str:
    name = f"auricle-{next(_buckets)}"
    boto3.client("s3", endpoint_url=moto_url, region_name="us-east-1").create_bucket(Bucket=name)
    return name


@pytest.fixture(params=["folder", "s3", "s3 under a prefix"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[BlobStore]:
    if request.param == "folder":
        url = f"file://{tmp_path}/blobs"
    else:
        moto_url = request.getfixturevalue("moto_url")
        prefix = "deep/er" if "prefix" in request.param else ""
        url = f"s3://{bucket(moto_url)}/{prefix}?endpoint={moto_url}&region=us-east-1"
    opened = open_store(url)
    yield opened
    await opened.close()


async def stream(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def broken(*chunks: bytes) -> AsyncIterator[bytes]:
    async for chunk in stream(*chunks):
        yield chunk
    raise ConnectionError("the caller hung up")


async def keys(store: BlobStore, prefix: str = "") -> list[str]:
    return [key async for key in store.list(prefix)]


@pytest.mark.parametrize("size", [0, 1, MIB - 1, 8 * MIB, 8 * MIB + 1, 19 * MIB])
async def test_what_was_put_is_there(store: BlobStore, size: int) -> None:
    body = (b"0123456789abcdef" * (size // 16 + 1))[:size]
    chunks = [body[start : start + 300_000] for start in range(0, size, 300_000)]
    stored = await store.put("ws/a/c/recording", stream(*chunks))
    assert (stored.key, stored.size, stored.sha256) == ("ws/a/c/recording", size, hashlib.sha256(body).hexdigest())
    assert await store.size("ws/a/c/recording") == size
    assert await store.get_bytes("ws/a/c/recording") == body
    assert await read_all(store.read("ws/a/c/recording")) == body


async def test_a_small_blob_may_be_replaced(store: BlobStore) -> None:
    for body in (b"one", b"two"):
        stored = await store.put_bytes("k", body)
        assert stored.sha256 == hashlib.sha256(body).hexdigest()
    assert await store.get_bytes("k") == b"two"


@pytest.mark.parametrize(("start", "end"), [(0, 10), (3, 4), (90, 100), (99, None), (50, 1000), (0, None), (7, 7)])
async def test_ranges(store: BlobStore, start: int, end: int | None) -> None:
    body = bytes(range(100))
    await store.put_bytes("k", body)
    assert await read_all(store.read("k", start, end)) == body[start:end]


@pytest.mark.parametrize("start", [100, 10_000, -1])
async def test_a_range_behind_the_end_is_refused(store: BlobStore, start: int) -> None:
    await store.put_bytes("k", bytes(100))
    with pytest.raises(RangeNotSatisfiable):
        await read_all(store.read("k", start))


async def test_what_is_missing_is_said_to_be_missing(store: BlobStore, tmp_path: Path) -> None:
    for asking in (
        store.get_bytes("no"),
        store.size("no"),
        read_all(store.read("no")),
        store.local_path("no", tmp_path),
        store.move("no", "k"),
    ):
        with pytest.raises(BlobMissing):
            await asking
    await store.delete("no")
    assert await store.delete_prefix("no/") == 0


@pytest.mark.parametrize("size", [1000, 12 * MIB])
async def test_a_caller_who_hangs_up_leaves_nothing(store: BlobStore, size: int) -> None:
    await store.put_bytes("k/before", b"before")
    for key in ("k/new", "k/before"):
        with pytest.raises(ConnectionError):
            await store.put(key, broken(bytes(size), bytes(size)))
    assert await keys(store) == ["k/before"]
    assert await store.get_bytes("k/before") == b"before"
    assert await leftovers(store) == []


async def test_a_cancelled_put_leaves_nothing(store: BlobStore) -> None:
    async def slow() -> AsyncIterator[bytes]:
        while True:
            yield bytes(9 * MIB)
            await asyncio.sleep(0.02)

    putting = asyncio.create_task(store.put("k", slow()))
    await asyncio.sleep(0.3)
    putting.cancel()
    with suppress(asyncio.CancelledError):
        await putting
    assert await keys(store) == []
    assert await leftovers(store) == []


async def leftovers(store: BlobStore) -> list[str]:
    """Half-written things that a list does not show."""
    if isinstance(store, S3Store):
        answer = await store.call(store.client.list_multipart_uploads)
        return [upload["Key"] for upload in answer.get("Uploads", [])]
    path = await store.local_path((await store.put_bytes("z", b"")).key, Path())
    await store.delete("z")
    return [file.name for file in (path.parent / ".incoming").iterdir()]


async def test_a_prefix_is_emptied_and_its_neighbours_stay(store: BlobStore) -> None:
    for key in ("ws/a/c1/recording", "ws/a/c1/r1/turns.json", "ws/a/c12/recording", "ws/b/c1/recording"):
        await store.put_bytes(key, b"x")
    assert await keys(store, "ws/a/") == ["ws/a/c1/r1/turns.json", "ws/a/c1/recording", "ws/a/c12/recording"]
    assert await store.delete_prefix("ws/a/c1/") == 2
    assert await store.delete_prefix("ws/a/c1/") == 0
    assert await keys(store) == ["ws/a/c12/recording", "ws/b/c1/recording"]
    with pytest.raises(ValueError, match="slash"):
        await store.delete_prefix("ws/a/c1")


@pytest.mark.parametrize("store", ["s3"], indirect=True)
async def test_more_than_one_page_is_listed_and_deleted(store: BlobStore) -> None:
    await asyncio.gather(*(store.put_bytes(f"ws/a/{number:04}", b"x") for number in range(1005)))
    assert len(await keys(store, "ws/a/")) == 1005
    assert await store.delete_prefix("ws/a/") == 1005
    assert await keys(store) == []


async def test_a_file_for_the_decoder(store: BlobStore, tmp_path: Path) -> None:
    await store.put_bytes("ws/a/c/recording", b"RIFF")
    into = tmp_path / "into"
    into.mkdir()
    assert (await store.local_path("ws/a/c/recording", into)).read_bytes() == b"RIFF"


async def test_an_upload_becomes_a_recording(store: BlobStore) -> None:
    await store.put_bytes("ws/a/uploads/u", b"x")
    await store.move("ws/a/uploads/u", "ws/a/c/recording")
    assert await keys(store) == ["ws/a/c/recording"]


async def test_writers_and_a_deletion_at_once(store: BlobStore) -> None:
    """Each writer ends well or not at all, and what is listed afterwards is whole."""

    async def write(number: int) -> None:
        await store.put_bytes(f"ws/a/c/r1/{number}", b"whole")

    async def remove() -> None:
        await store.delete_prefix("ws/a/c/")

    await asyncio.gather(*(write(number) for number in range(40)), *(remove() for _ in range(20)))
    for key in await keys(store):
        assert await store.get_bytes(key) == b"whole"


async def test_a_store_that_answers_is_ready(store: BlobStore) -> None:
    await store.check()


async def test_s3_that_does_not_answer_is_unavailable(moto_url: str) -> None:
    nowhere = S3Store("bucket", endpoint="http://127.0.0.1:9", region="us-east-1")
    with pytest.raises(StoreUnavailable):
        await nowhere.get_bytes("k")
    await nowhere.close()
    no_bucket = S3Store("no-such-bucket", endpoint=moto_url, region="us-east-1")
    with pytest.raises(StoreUnavailable):
        await no_bucket.check()
    await no_bucket.close()


async def test_a_presigned_form_uploads_within_its_range(moto_url: str) -> None:
    store = S3Store(bucket(moto_url), endpoint=moto_url, region="us-east-1")
    form = await store.presign_post("ws/a/uploads/u", max_bytes=10, expires_s=60)
    assert form is not None
    assert "policy" in form.fields
    async with httpx.AsyncClient() as client:
        answer = await client.post(form.url, data=dict(form.fields), files={"file": b"0123456789"})
    assert answer.status_code in {200, 201, 204}, answer.text
    assert await store.get_bytes("ws/a/uploads/u") == b"0123456789"
    await store.close()


@pytest.mark.parametrize(
    "place",
    [{"region": "us-east-1"}, {"region": "eu-west-1"}, {"region": "ap-southeast-3"}, {"endpoint": "http://minio:9000"}],
    ids=str,
)
async def test_a_presigned_form_is_signed_by_version_four_everywhere(
    monkeypatch: pytest.MonkeyPatch, place: dict[str, str]
) -> None:
    """A bucket with KMS refuses the old signature (AWSAccessKeyId, signature), which boto3 makes in old regions."""
    for name, value in {"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_CONFIG_FILE": "/none"}.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    store = S3Store("recordings", **place)
    form = await store.presign_post("ws/a/uploads/u", max_bytes=10, expires_s=60)
    await store.close()
    assert form is not None
    assert form.fields["x-amz-algorithm"] == "AWS4-HMAC-SHA256"
    assert not {"AWSAccessKeyId", "signature"} & form.fields.keys()


async def test_a_folder_lists_below_its_prefix_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(f"file://{tmp_path}")
    for key in ("ws/a/1/x", "ws/a/1/y", "ws/a/10/z", "ws/b/1/x"):
        await store.put_bytes(key, b"1")
    looked: list[str] = []
    scan = os.scandir

    def watched(folder: str) -> Any:
        looked.append(str(folder))
        return scan(folder)

    monkeypatch.setattr(os, "scandir", watched)
    listed = {prefix: [key async for key in store.list(prefix)] for prefix in ("ws/a/1/", "ws/a/1", "ws/c/", "../", "")}
    assert listed == {
        "ws/a/1/": ["ws/a/1/x", "ws/a/1/y"],
        "ws/a/1": ["ws/a/1/x", "ws/a/1/y", "ws/a/10/z"],
        "ws/c/": [],
        "../": [],
        "": ["ws/a/1/x", "ws/a/1/y", "ws/a/10/z", "ws/b/1/x"],
    }
    assert looked[0] == str(tmp_path / "ws/a/1"), "nothing above it, nobody beside it"
    assert str(tmp_path / "ws/b") not in looked[:3]


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/etc/passwd",
        "../up",
        "a/../../b",
        "a//b",
        "a/./b",
        ".incoming/x",
        "a\x00b",
        "a\nb",
        "a/",
        "ä",
        "a\n",
    ],
)
async def test_a_key_never_leaves_the_folder(tmp_path: Path, key: str) -> None:
    store = open_store(f"file://{tmp_path}/blobs")
    for asking in (
        store.put_bytes(key, b"x"),
        store.get_bytes(key),
        store.delete(key),
        store.put(key, stream(b"x")),
        store.move(key, "k"),
    ):
        with pytest.raises(BlobMissing):
            await asking
    assert list(files(tmp_path)) == []


def files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


async def test_a_prefix_never_leaves_the_folder(tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").write_text("x")
    store = open_store(f"file://{tmp_path}/blobs")
    for prefix in ("../precious/", "/", "a/../../precious/", "./"):
        with pytest.raises(BlobMissing):
            await store.delete_prefix(prefix)
    assert (tmp_path / "precious" / "file").exists()


def test_an_unknown_address_is_refused() -> None:
    with pytest.raises(ValueError, match="file:///folder or s3://"):
        open_store("ftp://host/x")


async def test_our_own_paths_are_keys(store: BlobStore) -> None:
    made = [
        paths.recording("demo", "c"), paths.turns("demo", "c", 1), paths.transcript("demo", "c", 1), paths.peaks("demo", "c"),
        paths.digest("demo", "c", 2, "run"), paths.upload("demo", "u"),
    ]  # fmt: skip
    for key in made:
        await store.put_bytes(key, b"x")
    assert await store.delete_prefix(paths.prefix("demo", "c")) == 5
    assert await store.delete_prefix(paths.workspace_prefix("demo")) == 1
