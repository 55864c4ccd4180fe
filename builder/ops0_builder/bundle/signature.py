"""A bundle's signature, in a file beside it, made by cosign: with a key, or keyless with a CI job's identity.

The bundle itself stays the same bytes, whoever signs it. The file is a Sigstore bundle, so ``cosign verify-blob`` reads
it too. By a key it is checked with openssl, which every machine has: only the signature over the file's sha256 counts,
and the key that the user names. Who signed without one is for cosign to say: it knows certificates, logs and roots.

source: https://docs.sigstore.dev/about/bundle/
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from ops0.core.digest import stream_sha256
from ops0.core.errors import BundleError, SettingsError
from ops0.host import process
from ops0.host.temporary import temporary_folder
from ops0_builder.registry.keys import HALVES, BadKey, is_read_here, read_key
from ops0_builder.registry.signing import ROOT, TRUSTED_ROOT, Cosign, Identity

_SUFFIX = ".sigstore.json"
LARGEST = 1 << 20
SECONDS = 60.0
_WHO_MAY = "do not run it; whoever may sign it does so by `ops0 bundle create --sign`"


class BundleNotSigned(BundleError):
    """A bundle has no signature beside it, or none by this key."""

    exit_code = 87

    def __init__(self, path: str, fact: str, hint: str = _WHO_MAY) -> None:
        super().__init__(f"{path}: {fact}", hint)
        self.path, self.fact = path, fact


class NoOpenssl(BundleError):
    """The program that checks signatures is missing, or cannot read the key."""

    exit_code = 88

    def __init__(self, fact: str) -> None:
        super().__init__(
            f"openssl: {fact}", "install openssl 1.1.1 or newer, and give a public key in PEM"
        )
        self.fact = fact


class NoRootOffline(SettingsError):
    """A keyless signature is to be checked without a network, and nothing here says what to trust."""

    exit_code = 5

    def __init__(self) -> None:
        super().__init__(
            f"--offline: {TRUSTED_ROOT} is not set, and cosign would fetch what to trust",
            f"where a network is, {ROOT}; carry it along, and name it here: {TRUSTED_ROOT}=root.json",
        )


def signature_path(bundle: Path) -> Path:
    """The file beside a bundle that holds its signature."""
    return bundle.with_name(f"{bundle.name}{_SUFFIX}")


def sign_bundle(signer: Cosign, path: Path, sha256: str) -> Path:
    """Sign a bundle's file; gives the signature's.

    sha256: of what was written into it
    raises: CosignFailed; BundleNotSigned where the file is another one now, or somebody else signed
    """
    target = signature_path(path)
    signer.sign_file(path, target)
    with signer.public() as mine:
        fault = mine.fault_of_file(sha256, target)
    if fault is not None:
        target.unlink()
        fact = f"its signature is not by {signer.key}: {fault}"
        raise BundleNotSigned(str(path), fact, "keyless, --identity and --issuer are the job's own")
    target.chmod(0o644)  # cosign makes it for its owner alone, and it is to be carried along
    return target


def check_signature(
    path: Path, file: IO[bytes], who: str | Identity, environ: Mapping[str, str]
) -> None:
    """Whether the signature beside a bundle is by whom it must be, for the bytes of the open file.

    who:    a public key, as a PEM file or ``env://NAME``; or who signs without one
    raises: BundleNotSigned, NoOpenssl, BadKey; without a key CosignFailed, BadRoot
    """
    beside = signature_path(path)
    public = None if isinstance(who, Identity) else _public_key(who, environ)
    signature = _signature(path, beside)
    file.seek(0)
    digest = stream_sha256(file)
    if isinstance(who, Identity):
        fault = Cosign(key=who, environ=environ).fault_of_file(digest, beside)
        if fault is not None:
            raise BundleNotSigned(str(path), f"no signature by {who}: {fault}")
        return
    with temporary_folder("verify") as folder:
        parts = {"key": public or b"", "signature": signature, "digest": bytes.fromhex(digest)}
        for part, content in parts.items():
            (folder / part).write_bytes(content)
        _check(path, who, folder)


def check_offline_trust(who: str | Identity | None, environ: Mapping[str, str]) -> None:
    """Whether a signature can be checked without a network. Raises NoRootOffline."""
    if isinstance(who, Identity) and not environ.get(TRUSTED_ROOT):
        raise NoRootOffline


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
    if not is_read_here(key):
        raise BadKey(
            key, "cannot be asked offline", "name its public half: a PEM file, or env://NAME"
        )
    found = read_key(key, environ)
    if b"PRIVATE KEY" in found:
        raise BadKey(key, "is a private key", HALVES)
    return found


def _signature(path: Path, beside: Path) -> bytes:
    try:
        with beside.open("rb") as file:
            told = json.loads(file.read(LARGEST))
        return base64.b64decode(told["messageSignature"]["signature"], validate=True)
    except FileNotFoundError:
        raise BundleNotSigned(str(path), f"there is no {beside.name} beside it") from None
    except (OSError, ValueError, KeyError, TypeError, RecursionError, binascii.Error):
        raise BundleNotSigned(str(path), f"{beside.name} holds no signature") from None
