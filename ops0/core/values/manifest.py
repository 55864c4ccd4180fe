"""The manifest: written last, so that a value is there whole or not at all. Runs in images: Python 3.8."""

from __future__ import annotations

import hashlib
import json
import os

from ops0.core.values.bounds import LARGEST_MANIFEST, MANIFEST_NAME
from ops0.core.values.faults import InputFault, ValueFault
from ops0.core.values.files import sync_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Mapping, Optional


def write_manifest(
    folder: str, manifest: Mapping[str, Any], name: str = MANIFEST_NAME, *, synced: bool = True
) -> str:
    """Publish: write aside, fsync, rename, fsync the folder; both only where ``synced``.

    returns: the digest of its bytes, hex sha256
    raises:  OSError; ValueFault where it would be larger than anybody reads
    """
    data = json.dumps(manifest, separators=(",", ":")).encode()
    if len(data) > LARGEST_MANIFEST:
        raise ValueFault(
            f"result: its {name} would have more than {LARGEST_MANIFEST // 1024**2} MiB",
            "return fewer files, or an archive of them",
        )
    # Threads of one process may publish at once: a name by its number would be shared.
    aside = os.path.join(folder, f".{name}.{os.urandom(8).hex()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with open(os.open(aside, flags, 0o644), "wb") as file:
        file.write(data)
        if synced:
            file.flush()
            os.fsync(file.fileno())
    os.replace(aside, os.path.join(folder, name))
    if synced:
        sync_folder(folder)
    return hashlib.sha256(data).hexdigest()


def read_manifest(
    folder: str,
    nonce: Optional[str] = None,
    digest: Optional[str] = None,
    name: str = MANIFEST_NAME,
) -> Dict[str, Any]:
    """Read a manifest.

    nonce:  take only that of this very attempt
    digest: take only these very bytes; hex sha256
    raises: InputFault
    """
    path = os.path.join(folder, name)
    try:
        with open(
            os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK), "rb"
        ) as file:
            data = file.read(LARGEST_MANIFEST + 1)
    except OSError as fault:
        raise InputFault(
            f"{name}: {fault.strerror}", "its producer has not finished: run again", name
        ) from None
    if digest is not None and hashlib.sha256(data).hexdigest() != digest:
        raise InputFault(f"{name}: not the bytes that its producer wrote", "run again", name)
    try:
        found = json.loads(data) if len(data) <= LARGEST_MANIFEST else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("v") != 1:
        raise InputFault(f"{name}: not a manifest of version 1", "run again", name)
    if nonce is not None and found.get("nonce") != nonce:
        raise InputFault(f"{name}: it is another attempt's", "run again", name)
    return found
