"""A signature beside a bundle, checked with the program that every machine has."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from ops0_builder.bundle.signature import (
    BundleNotSigned,
    check_signature,
    signature_path,
)
from ops0_builder.registry.keys import BadKey

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl")


def openssl(*argv: str | Path, given: bytes = b"") -> bytes:
    return subprocess.run(["openssl", *argv], input=given, check=True, capture_output=True).stdout


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    for name in ("mine", "other"):
        key = folder / f"{name}.key"
        openssl("ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", key)
        openssl("ec", "-in", key, "-pubout", "-out", folder / f"{name}.pub")
    return folder


@pytest.fixture
def bundle(tmp_path: Path, keys: Path) -> Path:
    path = tmp_path / "flow.ops0"
    path.write_bytes(b"a bundle" * 1000)
    signature = openssl("dgst", "-sha256", "-sign", keys / "mine.key", path)
    text = base64.b64encode(signature).decode()
    signature_path(path).write_text(json.dumps({"messageSignature": {"signature": text}}))
    return path


def check(path: Path, key: str, **environ: str) -> None:
    with path.open("rb") as file:
        check_signature(path, file, key, environ)


def test_the_key_that_signed_it_fits(bundle: Path, keys: Path) -> None:
    check(bundle, str(keys / "mine.pub"))
    check(bundle, "env://PUB", PUB=(keys / "mine.pub").read_text())


def test_another_key_does_not(bundle: Path, keys: Path) -> None:
    with pytest.raises(BundleNotSigned, match="not by"):
        check(bundle, str(keys / "other.pub"))


def test_other_bytes_are_not_signed(bundle: Path, keys: Path) -> None:
    bundle.write_bytes(b"another" * 1000)
    with pytest.raises(BundleNotSigned, match="or of other bytes"):
        check(bundle, str(keys / "mine.pub"))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"messageSignature": {"signature": "!"}}', "{" * 5000, "\xff"]
)
def test_what_is_no_signature(bundle: Path, keys: Path, text: str) -> None:
    signature_path(bundle).write_text(text, encoding="latin-1")
    with pytest.raises(BundleNotSigned, match="holds no signature"):
        check(bundle, str(keys / "mine.pub"))


def test_one_that_is_missing(bundle: Path, keys: Path) -> None:
    signature_path(bundle).unlink()
    with pytest.raises(BundleNotSigned, match=r"no flow\.ops0\.sigstore\.json beside it"):
        check(bundle, str(keys / "mine.pub"))


def test_a_key_that_is_none(bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(BadKey):
        check(bundle, str(tmp_path / "none.pub"))
    (tmp_path / "text.pub").write_text("no key")
    with pytest.raises(BadKey, match=r"text\.pub: holds no key in PEM"):
        check(bundle, str(tmp_path / "text.pub"))
