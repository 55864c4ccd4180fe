"""Signatures of images, made and checked by the ``cosign`` program with a key. No transparency log, no further network.

source: https://docs.sigstore.dev/cosign/signing/signing_with_containers/
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ops0.core.errors import RegistryError, SettingsError
from ops0.host import process
from ops0_builder.registry.reference import Reference
from ops0_builder.registry.transport import authorities

PASSWORD = "COSIGN_PASSWORD"  # noqa: S105 - the name of a variable
SECONDS = 180.0
_OFFLINE_SIGN = ("--use-signing-config=false", "--tlog-upload=false")
_OFFLINE_VERIFY = ("--insecure-ignore-tlog=true",)
_NONE_FITS = re.compile(r"no (matching )?(signatures|attestations)", re.IGNORECASE)


class BadKey(SettingsError):
    """A key file that is not there."""

    exit_code = 5

    def __init__(self, key: str) -> None:
        super().__init__(
            f"key {key}: no such file",
            "`cosign generate-key-pair` makes cosign.key and cosign.pub; env://NAME reads a key from a variable",
        )
        self.key = key


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
            hint or "do not run it; whoever has the key signs by `ops0 push --sign KEY`",
        )
        self.reference, self.key = reference, key


@dataclass(frozen=True, kw_only=True, slots=True)
class Cosign:
    """How ``cosign`` is called: with which key, in which environment, which has the key's password."""

    key: str
    environ: Mapping[str, str]

    def check(self) -> None:
        """Before minutes go into building. Raises BadKey, CosignFailed where it is missing."""
        if "://" not in self.key and not Path(self.key).is_file():
            raise BadKey(self.key)
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
                argv = ("sign", "--yes", "--key", self.key, *_OFFLINE_SIGN)
                done = self._on(image, argv)
                if done.code != 0:
                    raise _failed(done)
                if not mine.has_signed(image):
                    raise NotSigned(str(image), self.key)
                signed.append(image)
        return tuple(signed)

    @contextmanager
    def public(self) -> Iterator[Cosign]:
        """The same with the public half of this key, for a block. Raises CosignFailed."""
        with tempfile.TemporaryDirectory(prefix="ops0-sign-") as name:
            path = Path(name, "cosign.pub")
            told = self._run("public-key", "--key", self.key)
            if told.code != 0:
                raise _failed(told)
            path.write_text(f"{told.out}\n", encoding="utf-8")
            yield Cosign(key=str(path), environ=self.environ)

    def sign_file(self, path: Path, target: Path) -> None:
        """Sign a file's bytes; ``target`` gets the signature, as a Sigstore bundle. Raises CosignFailed."""
        argv = ("sign-blob", "--yes", "--key", self.key, *_OFFLINE_SIGN)
        done = self._run(*argv, "--bundle", str(target), str(path))
        if done.code != 0:
            raise _failed(done)

    def verify(self, image: Reference) -> None:
        """Whether this public key fits a signature of the image, by digest. Raises NotSigned, CosignFailed."""
        if not self.has_signed(image):
            raise NotSigned(str(image), self.key)

    def has_signed(self, image: Reference) -> bool:
        """The same as an answer. Raises CosignFailed where there is none."""
        done = self._on(image, ("verify", "--key", self.key, *_OFFLINE_VERIFY))
        if done.code != 0 and not _NONE_FITS.search(done.err):
            raise _failed(done)
        return done.code == 0

    def _on(self, image: Reference, argv: tuple[str, ...]) -> process.Completed:
        """Call it for an image, with the authorities that Docker trusts for the registry."""
        found = authorities(image.host)
        if not found:
            return self._run(*argv, str(image))
        with tempfile.NamedTemporaryFile(prefix="ops0-ca-", suffix=".pem") as bundle:
            bundle.write(b"\n".join(one.read_bytes() for one in found))
            bundle.flush()
            return self._run(*argv, f"--registry-cacert={bundle.name}", str(image))

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


def _failed(done: process.Completed) -> CosignFailed:
    errors = [line for line in done.err.splitlines() if line.startswith("Error: ")]
    fact = (errors or done.tail.splitlines() or [f"exit code {done.code}"])[-1]
    if "decrypt" in fact:
        return CosignFailed(
            fact.removeprefix("Error: "), f"the key's password is read from the variable {PASSWORD}"
        )
    return CosignFailed(fact.removeprefix("Error: "), "cosign says why; ops0 was tested with 3.1")
