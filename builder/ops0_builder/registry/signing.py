"""Signatures of images, made and checked by the ``cosign`` program: with a key, or keyless with a CI job's identity.

With a key neither transparency log nor further network are used. Keyless, a Sigstore vouches for who the job is: its
authority gives a certificate for a few minutes, its log remembers it. It is the public one unless files name another.
source: https://docs.sigstore.dev/cosign/signing/signing_with_containers/
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ops0.core.errors import RegistryError, SettingsError
from ops0.host import process
from ops0.host.temporary import temporary_folder
from ops0_builder.registry.certificates import authorities_text
from ops0_builder.registry.keys import HALVES, is_read_here, read_key
from ops0_builder.registry.reference import Reference

PASSWORD = "COSIGN_PASSWORD"  # noqa: S105 - the name of a variable
SECONDS = 180.0
KEYLESS = "keyless"
SIGNING_CONFIG = "OPS0_SIGNING_CONFIG"
"""The variable with the file that says where a Sigstore of one's own signs, by ``cosign signing-config create``."""
TRUSTED_ROOT = "OPS0_TRUSTED_ROOT"
"""The one with what to trust of it, by ``cosign trusted-root create``."""
ROOT = "`cosign trusted-root create --with-default-services --out root.json` writes the public Sigstore's"
_NO_ROOT = "trusted material"
"""In what cosign says where it could not fetch what to trust."""
_OFFLINE_SIGN = ("--use-signing-config=false", "--tlog-upload=false")
_OFFLINE_VERIFY = ("--insecure-ignore-tlog=true",)
_NO_SUCH_KEY = re.compile(r"unsupported pem type|PEM file type", re.IGNORECASE)
"""In what cosign says of a key's other half, or of a file that is no key."""
_NONE_FITS = re.compile(r"no (matching )?(signatures|attestations)", re.IGNORECASE)


class BadRoot(SettingsError):
    """The root of trust of a Sigstore of one's own cannot be read."""

    exit_code = 5

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{TRUSTED_ROOT}={path}: cannot be read as JSON",
            "`cosign trusted-root create` writes it; without the variable the public Sigstore is trusted",
        )
        self.path = path


class NoIdentity(SettingsError):
    """A keyless signature without who signs, or who signs beside a key."""

    exit_code = 5

    def __init__(self, fact: str) -> None:
        super().__init__(
            fact,
            "keyless wants both --identity, as a job's address, and --issuer, as https://token.actions.githubusercontent.com;"
            " with a key leave both out",
        )


class CosignFailed(RegistryError):
    """``cosign`` is missing, or could not do its work: the key, its password, the registry."""

    exit_code = 98

    def __init__(self, fact: str, hint: str) -> None:
        super().__init__(f"cosign: {fact}", hint)
        self.fact = fact


class NotSigned(RegistryError):
    """An image in a registry has no signature by this key."""

    exit_code = 99

    def __init__(self, reference: str, key: str, hint: str | None = None) -> None:
        super().__init__(
            f"{reference}: no signature by {key}",
            hint or "do not run it; whoever may sign it does so by `ops0 push --sign`",
        )
        self.reference, self.key = reference, key


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """Who signs without a key. ``name``: as the certificate has it;  ``issuer``: the address of who vouches for it."""

    name: str
    issuer: str

    def __str__(self) -> str:
        return f"{self.name}, vouched for by {self.issuer}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cosign:
    """How ``cosign`` is called.

    key:     a key as cosign names it, or who signs without one
    environ: has the key's password, or where cosign gets the job's token; the files of a Sigstore of one's own
    """

    key: str | Identity
    environ: Mapping[str, str]

    def check(self) -> None:
        """Before minutes go into building. Raises BadKey, CosignFailed where it is missing."""
        if isinstance(self.key, str) and is_read_here(self.key):
            read_key(self.key, self.environ)
        self._run("version")

    def sign(
        self, images: Iterable[Reference], *, on_sign: Callable[[Reference], None]
    ) -> tuple[Reference, ...]:
        """Sign images by digest, those that this key has not signed yet; gives these. Raises CosignFailed."""
        signed = []
        with self.public() as mine:
            for image in images:
                if mine.has_signed(image):
                    continue
                on_sign(image)
                done = self._on(image, ("sign", "--yes", *self._signing()))
                if done.code != 0:
                    raise _failed(done)
                mine.verify(image)
                signed.append(image)
        return tuple(signed)

    @contextmanager
    def public(self) -> Iterator[Cosign]:
        """What checks signatures by this one, for a block: the public half of its key. Raises CosignFailed."""
        if isinstance(self.key, Identity):
            yield self
            return
        with temporary_folder("sign") as folder:
            path = folder / "cosign.pub"
            told = self._run("public-key", "--key", self.key)
            if told.code != 0:
                raise _failed(told)
            path.write_text(f"{told.out}\n", encoding="utf-8")
            yield Cosign(key=str(path), environ=self.environ)

    def sign_file(self, path: Path, target: Path) -> None:
        """Sign a file's bytes; ``target`` gets the signature, as a Sigstore bundle. Raises CosignFailed."""
        argv = ("sign-blob", "--yes", *self._signing(), "--bundle", str(target))
        done = self._run(*argv, str(path))
        if done.code != 0:
            raise _failed(done)

    def fault_of_file(self, sha256: str, signature: Path) -> str | None:
        """Why a Sigstore bundle is no signature by this key or who it is, over bytes of that sha256; None: it is one.

        The bytes themselves are not looked at: cosign would hold them all in memory.
        raises: BadRoot, CosignFailed where there is nothing to trust
        """
        argv = ("verify-blob", *self._checking(), "--bundle", str(signature))
        done = self._run(*argv, f"sha256:{sha256}")
        if done.code == 0:
            return None
        fault = _failed(done)
        if _NO_ROOT in fault.fact:
            raise CosignFailed(fault.fact, f"{TRUSTED_ROOT} names a file to trust instead: {ROOT}")
        return fault.fact

    def verify(self, image: Reference) -> None:
        """Whether a signature of the image, by digest, is by this key or who it is. Raises NotSigned, CosignFailed."""
        if not self.has_signed(image):
            raise NotSigned(str(image), str(self.key))

    def has_signed(self, image: Reference) -> bool:
        """The same as an answer. Raises CosignFailed where there is none."""
        done = self._on(image, ("verify", *self._checking()))
        if done.code != 0 and not _NONE_FITS.search(done.err):
            raise _failed(done)
        return done.code == 0

    def _signing(self) -> tuple[str, ...]:
        if isinstance(self.key, str):
            return ("--key", self.key, *_OFFLINE_SIGN)
        # Without this flow a job that has no token would wait for somebody to log in by a browser.
        words = ["--fulcio-auth-flow", "token"]
        for option, variable in (
            ("--signing-config", SIGNING_CONFIG),
            ("--trusted-root", TRUSTED_ROOT),
        ):
            if file := self.environ.get(variable):
                words += [option, file]
        return tuple(words)

    def _checking(self) -> tuple[str, ...]:
        if isinstance(self.key, str):
            return ("--key", self.key, *_OFFLINE_VERIFY)
        who = (
            *("--certificate-identity", self.key.name),
            *("--certificate-oidc-issuer", self.key.issuer),
        )
        file = self.environ.get(TRUSTED_ROOT)
        return who if not file else (*who, "--trusted-root", file, *_without_logs(Path(file)))

    def _on(self, image: Reference, argv: tuple[str, ...]) -> process.Completed:
        """Call it for an image, with the authorities that Docker trusts for the registry."""
        found = authorities_text(image.host)
        if not found:
            return self._run(*argv, str(image))
        with temporary_folder("ca") as folder:
            bundle = folder / "authorities.pem"
            bundle.write_text(found, encoding="utf-8")
            return self._run(*argv, f"--registry-cacert={bundle}", str(image))

    def _run(self, *words: str) -> process.Completed:
        # Without the variable it would ask for a password, and nobody is there to answer.
        environ = {PASSWORD: "", **self.environ}
        try:
            return process.run(("cosign", *words), env=environ, timeout=SECONDS)
        except process.ProgramMissing:
            raise CosignFailed(
                "there is no such program",
                "install cosign 3 or newer; Debian has it from forky on: apt-get install cosign",
            ) from None
        except process.ProgramTimeout as fault:
            raise CosignFailed(str(fault), "does the registry answer? try again") from None


def _without_logs(root: Path) -> tuple[str, ...]:
    """What cosign is told of logs that a Sigstore of one's own does not have, by its root of trust. Raises BadRoot."""
    try:
        told = json.loads(root.read_bytes())
        logs, certificates = told.get("tlogs"), told.get("ctlogs")
    except (OSError, ValueError, AttributeError):
        raise BadRoot(root) from None
    found = () if logs else ("--insecure-ignore-tlog=true",)
    return found if certificates else (*found, "--insecure-ignore-sct=true")


def _failed(done: process.Completed) -> CosignFailed:
    errors = [line for line in done.err.splitlines() if line.startswith("Error: ")]
    fact = (errors or done.tail.splitlines() or [f"exit code {done.code}"])[-1]
    if "decrypt" in fact:
        return CosignFailed(
            fact.removeprefix("Error: "), f"the key's password is read from the variable {PASSWORD}"
        )
    hint = HALVES if _NO_SUCH_KEY.search(fact) else "cosign says why; ops0 was tested with 3.1"
    return CosignFailed(fact.removeprefix("Error: "), hint)
