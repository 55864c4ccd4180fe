"""Certificates: signed by themselves, or by an authority, and some that do not hold where they are shown."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Literal

Kind = Literal["good", "expired", "early", "elsewhere"]
KINDS: dict[Kind, tuple[str, str, str]] = {
    "good": ("IP:127.0.0.1", "20200101000000Z", "20400101000000Z"),
    "expired": ("IP:127.0.0.1", "20200101000000Z", "20210101000000Z"),
    "early": ("IP:127.0.0.1", "20380101000000Z", "20400101000000Z"),
    "elsewhere": ("DNS:elsewhere.example", "20200101000000Z", "20400101000000Z"),
}
"""For whom, from when and until when."""
_CONFIG = """\
[ca]
default_ca = own
[own]
database = index
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
x509_extensions = server
[any]
commonName = supplied
[server]
subjectAltName = {name}
basicConstraints = CA:FALSE
"""


def signed_certificate(folder: Path, kind: Kind) -> Path:
    """Write ``registry.crt`` and ``registry.key``, and give the file of the authority that has signed."""
    name, start, end = KINDS[kind]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ca.cnf").write_text(_CONFIG.format(name=name))
    (folder / "index").write_text("")
    (folder / "serial").write_text("01")
    new = ("openssl", "req", "-newkey", "rsa:2048", "-nodes")
    for argv in (
        (*new, "-x509", "-days", "3", "-subj", "/CN=ca", "-keyout", "ca.key", "-out", "ca.crt"),
        (*new, "-subj", "/CN=server", "-keyout", "registry.key", "-out", "registry.csr"),
        (
            *("openssl", "ca", "-batch", "-config", "ca.cnf", "-cert", "ca.crt"),
            *("-keyfile", "ca.key", "-in", "registry.csr", "-out", "registry.crt"),
            *("-startdate", start, "-enddate", end, "-notext"),
        ),
    ):
        subprocess.run(argv, cwd=folder, check=True, capture_output=True)
    return folder / "ca.crt"


def own_certificate(key: Path, certificate: Path) -> None:
    """Write a key, and a certificate of this machine that is its own authority."""
    made = ("-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test")
    holds = ("-addext", "subjectAltName=IP:127.0.0.1")
    argv = ("openssl", "req", "-x509", *made, *holds, "-keyout", str(key), "-out", str(certificate))
    subprocess.run(argv, check=True, capture_output=True)
