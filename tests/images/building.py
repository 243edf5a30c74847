"""Debian's buildah without an engine: a base that debootstrap makes, the image of services/Dockerfile, and commands in it."""

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
BASE_TAG = "localhost/auricle-base:bookworm"
PACKAGES = "python3,python3-venv,ca-certificates"


@dataclass(frozen=True)
class Builder:
    """buildah with a store of its own in `folder`, so that nothing of the machine's is touched. Errors carry the end of its output."""

    folder: Path

    def __call__(self, *arguments: str, seconds: float = 1800) -> str:
        done = subprocess.run(
            self.command(*arguments), capture_output=True, text=True, timeout=seconds, check=False, cwd=ROOT
        )
        if done.returncode:
            raise RuntimeError(f"buildah {arguments[0]}: {done.stdout[-3000:]}{done.stderr[-3000:]}")
        return done.stdout.strip()

    def command(self, *arguments: str) -> list[str]:
        """The command line; vfs needs no kernel support and copies each layer whole."""
        store = ["--root", str(self.folder / "store"), "--runroot", str(self.folder / "run")]
        return ["buildah", *store, "--storage-driver", "vfs", *arguments]

    def run(self, container: str, *command: str, options: Sequence[str] = ()) -> str:
        """What a command in the container printed."""
        return self("run", "--isolation", "chroot", *options, container, "--", *command)

    def image(self, tag: str) -> dict[str, Any]:
        """An image's configuration, as OCI calls it."""
        inspected = json.loads(self("inspect", "--type", "image", tag))
        config: dict[str, Any] = inspected["OCIv1"]
        return config


def unable(builder: Builder) -> str | None:
    """Why nothing can be built here: tools, root, or a sandbox that refuses chroot and mounts; None when a command ran in the base."""
    if os.geteuid() != 0:
        return "images need root: debootstrap and chroot"
    absent = [tool for tool in ("buildah", "debootstrap") if not shutil.which(tool)]
    if absent:
        return f"images need Debian's {' and '.join(absent)}: apt-get install buildah debootstrap"
    try:
        _make_base(builder)
        _try_base(builder)
    except (RuntimeError, subprocess.SubprocessError) as error:
        return f"this machine refuses what a build needs: {str(error).strip().splitlines()[-1][:300]}"
    return None


def _try_base(builder: Builder) -> None:
    container = builder("from", BASE_TAG)
    try:
        builder.run(container, "python3", "-c", "pass")
    finally:
        builder("rm", container)


def build(builder: Builder, dockerfile: str, tag: str) -> None:
    """An image over the base that `unable` made. RuntimeError with the end of the output.

    Without cached layers: vfs would copy 1.5 GB for every instruction of the last stage. The image of an earlier build is removed.
    """
    pip, authority = _index(builder.folder)
    builder(
        "build", "--isolation", "chroot", "--build-arg", f"BASE={BASE_TAG}", "--secret", f"id=pip,src={pip}",
        "--secret", f"id=ca,src={authority}", "--file", dockerfile, "--tag", tag, str(ROOT),
    )  # fmt: skip
    builder("rmi", "--prune")


def _make_base(builder: Builder) -> None:
    """Debian with Python, once in this store."""
    if BASE_TAG in builder("images", "--format", "{{.Name}}:{{.Tag}}").splitlines():
        return
    tree = builder.folder / "base"
    if tree.exists():
        shutil.rmtree(tree)
    command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", str(tree)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    if done.returncode:
        raise RuntimeError(f"debootstrap: {(done.stdout + done.stderr)[-1000:]}")
    container = builder("from", "scratch")
    builder("copy", container, str(tree), "/")
    builder("commit", "--rm", container, BASE_TAG)
    shutil.rmtree(tree)


def _index(folder: Path) -> tuple[Path, Path]:
    """This machine's pip configuration and authority as files for the build; nothing of them is written down elsewhere."""
    said = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True)
    given = dict(line.partition("=")[::2] for line in said.stdout.splitlines())
    wanted = {key.partition(".")[2]: ast.literal_eval(value) for key, value in given.items()}
    names = ("index-url", "extra-index-url", "trusted-host", "proxy")
    lines = ["[global]", *(f"{name} = {wanted[name]}" for name in names if name in wanted)]
    authority = folder / "ca.pem"
    authority.write_bytes(Path(wanted.get("cert", "/etc/ssl/certs/ca-certificates.crt")).read_bytes())
    pip = folder / "pip.conf"
    pip.touch(mode=0o600)
    pip.write_text("\n".join([*lines, "cert = /run/secrets/ca", "timeout = 120"]) + "\n")
    return pip, authority


def folder() -> Path:
    """Where base and store live between runs; AURICLE_IMAGES names another place."""
    chosen = Path(os.environ.get("AURICLE_IMAGES", "/var/tmp/auricle-images"))
    chosen.mkdir(parents=True, exist_ok=True)
    return chosen


def main() -> None:
    """For CI: nothing when images can be built here, else the reason and exit code 1."""
    if why := unable(Builder(folder())):
        print(why)
        raise SystemExit(1)


if __name__ == "__main__":
    main()
