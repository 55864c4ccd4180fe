"""How many bytes images take together, as they would be pushed: each compressed layer counts once."""

from __future__ import annotations

import subprocess
import tarfile
from collections.abc import Iterable


def unique_bytes(images: Iterable[str]) -> int:
    """The sum over all distinct blobs of these images, as ``docker save`` streams them."""
    sizes: dict[str, int] = {}
    with subprocess.Popen(["docker", "save", *images], stdout=subprocess.PIPE) as saving:
        assert saving.stdout is not None
        with tarfile.open(fileobj=saving.stdout, mode="r|") as stream:
            for member in stream:
                if member.isfile() and member.name.startswith("blobs/"):
                    sizes[member.name] = member.size
    if saving.returncode:
        raise SystemExit(f"docker save ended with {saving.returncode}")
    return sum(sizes.values())
