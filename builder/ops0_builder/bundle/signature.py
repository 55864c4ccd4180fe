"""A bundle's signature, in a file beside it: made by cosign with a key, checked by openssl, which every machine has.

The bundle itself stays the same bytes, whoever signs it. The file is a Sigstore bundle, so ``cosign verify-blob`` reads
it too; here only the signature over the file's sha256 counts, and the key that the user names.

source: https://docs.sigstore.dev/about/bundle/
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from ops0.core.errors import BundleError
from ops0.host import process
from ops0_builder.bundle.archive import CHUNK
from ops0_builder.registry.signing import BadKey, Cosign

SUFFIX = ".sigstore.json"
LARGEST = 1 << 20
SECONDS = 60.0
_ENVIRONMENT = "env://"


class BundleNotSigned(BundleError):
    """A bundle has no signature beside it, or none by this key."""

    exit_code = 87

    def __init__(self, path: str, fact: str) -> None:
        super().__init__(
            f"{path}: {fact}",
            "do not run it; whoever has the key signs by `ops0 bundle create --sign KEY`",
        )
        self.path, self.fact = path, fact


class NoOpenssl(BundleError):
    """The program that checks signatures is missing, or cannot read the key."""

    exit_code = 88

    def __init__(self, fact: str) -> None:
        super().__init__(
            f"openssl: {fact}", "install openssl 1.1.1 or newer, and give a public key in PEM"
        )
        self.fact = fact


def signature_path(bundle: Path) -> Path:
    """The file beside a bundle that holds its signature."""
    return bundle.with_name(f"{bundle.name}{SUFFIX}")


def sign_bundle(signer: Cosign, path: Path) -> Path:
    """Sign a bundle's file; gives the signature's. Raises CosignFailed."""
    target = signature_path(path)
    signer.sign_file(path, target)
    target.chmod(0o644)  # cosign makes it for its owner alone, and it is to be carried along
    return target


def check_signature(path: Path, file: IO[bytes], key: str, environ: Mapping[str, str]) -> None:
    """Whether the signature beside a bundle is by a public key, for the bytes of the open file.

    key:    a PEM file, or ``env://NAME``
    raises: BundleNotSigned, NoOpenssl, BadKey
    """
    public, signature = _public_key(key, environ), _signature(path)
    digest = hashlib.sha256()
    file.seek(0)
    while data := file.read(CHUNK):
        digest.update(data)
    with tempfile.TemporaryDirectory(prefix="ops0-verify-") as name:
        parts = {"key": public, "signature": signature, "digest": digest.digest()}
        for part, content in parts.items():
            Path(name, part).write_bytes(content)
        _check(path, key, Path(name))


def _check(path: Path, key: str, folder: Path) -> None:
    argv = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", str(folder / "key")]
    argv += ["-sigfile", str(folder / "signature"), "-in", str(folder / "digest")]
    argv += ["-pkeyopt", "digest:sha256"]
    try:
        done = process.run(argv, timeout=SECONDS)
    except (process.ProgramMissing, process.ProgramTimeout) as fault:
        raise NoOpenssl(str(fault)) from None
    if done.code == 0 and "Verified Successfully" in done.out:
        return
    if "Failure" in f"{done.out}{done.err}":
        raise BundleNotSigned(str(path), f"its signature is not by {key}, or of other bytes")
    raise NoOpenssl(f"key {key}: {done.tail or f'exit code {done.code}'}")


def _public_key(key: str, environ: Mapping[str, str]) -> bytes:
    if key.startswith(_ENVIRONMENT):
        return environ.get(key.removeprefix(_ENVIRONMENT), "").encode()
    try:
        return Path(key).read_bytes()
    except OSError:
        raise BadKey(key) from None


def _signature(path: Path) -> bytes:
    beside = signature_path(path)
    try:
        with beside.open("rb") as file:
            told = json.loads(file.read(LARGEST))
        return base64.b64decode(told["messageSignature"]["signature"], validate=True)
    except FileNotFoundError:
        raise BundleNotSigned(str(path), f"there is no {beside.name} beside it") from None
    except (OSError, ValueError, KeyError, TypeError, RecursionError, binascii.Error):
        raise BundleNotSigned(str(path), f"{beside.name} holds no signature") from None
