"""A Sigstore on this machine: an authority that gives whoever has a token a certificate, and GitHub's giver of tokens.

It has no transparency log and no log of certificates, and checks no token: what is tested is how cosign is called, and
what it then makes and refuses, not Sigstore.
source: https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md
"""

from __future__ import annotations

import base64
import json
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ISSUER = "https://issuer.example"
_ROOT = """\
[req]
distinguished_name = name
x509_extensions = root
prompt = no
[name]
O = test
CN = root
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
"""
_LEAF = """\
keyUsage = critical,digitalSignature
extendedKeyUsage = codeSigning
authorityKeyIdentifier = keyid
subjectAltName = critical,URI:{identity}
1.3.6.1.4.1.57264.1.8 = ASN1:UTF8String:{issuer}
"""
_SINCE = "start-time=2024-01-01T00:00:00Z"


@dataclass(frozen=True)
class Sigstore:
    """``folder``: has ``signing.json`` and ``root.json`` for cosign;  ``address``: of the authority."""

    folder: Path
    address: str

    @property
    def files(self) -> Mapping[str, str]:
        """The variables that name it to ops0."""
        return {
            "OPS0_SIGNING_CONFIG": str(self.folder / "signing.json"),
            "OPS0_TRUSTED_ROOT": str(self.folder / "root.json"),
        }

    def as_github(self, identity: str) -> Mapping[str, str]:
        """The variables of a GitHub job that may ask for tokens."""
        return {
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{self.address}/token?for={identity}",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "asking",
        }


@contextmanager
def sigstore(folder: Path) -> Iterator[Sigstore]:
    """One with its keys in ``folder``; needs the programs ``openssl`` and ``cosign``."""
    folder.mkdir(parents=True)
    (folder / "root.conf").write_text(_ROOT)
    run = partial(subprocess.run, cwd=folder, check=True, capture_output=True)
    run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "root.key"])
    made = ["-x509", "-new", "-key", "root.key", "-days", "2", "-config", "root.conf"]
    run(["openssl", "req", *made, "-out", "root.pem"])
    request = ["-new", "-key", "root.key", "-config", "root.conf", "-subj", "/O=test"]
    run(["openssl", "req", *request, "-out", "leaf.csr"])
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, folder))
    served = threading.Thread(target=server.serve_forever, daemon=True)
    served.start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        fulcio = f"url={address},api-version=1,{_SINCE},operator=test"
        run(["cosign", "signing-config", "create", "--fulcio", fulcio, "--out", "signing.json"])
        trusted = f"url={address},certificate-chain={folder / 'root.pem'},{_SINCE}"
        run(["cosign", "trusted-root", "create", "--fulcio", trusted, "--out", "root.json"])
        yield Sigstore(folder, address)
    finally:
        server.shutdown()
        server.server_close()
        served.join()


def token(identity: str) -> str:
    """What an issuer gives a job; nobody has signed it."""
    claims = {"iss": ISSUER, "sub": identity, "aud": "sigstore", "exp": int(time.time()) + 600}
    head = {"alg": "RS256", "typ": "JWT"}
    return ".".join((*(_part(json.dumps(one)) for one in (head, claims)), _part("unsigned")))


def _part(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, folder: Path, *more: object) -> None:
        self.folder = folder
        super().__init__(*more)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        assert self.headers["Authorization"].endswith(" asking")
        identity = self.path.partition("for=")[2].partition("&")[0]
        self._answer({"value": token(identity)})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        claims = self.headers["Authorization"].split()[1].split(".")[1]
        identity = json.loads(base64.urlsafe_b64decode(f"{claims}==="))["sub"]
        leaf = self._certificate(asked["publicKeyRequest"]["publicKey"]["content"], identity)
        chain = [leaf, (self.folder / "root.pem").read_text()]
        self._answer({"signedCertificateEmbeddedSct": {"chain": {"certificates": chain}}})

    def _certificate(self, key: str, identity: str) -> str:
        (self.folder / "leaf.pub").write_text(key)
        (self.folder / "leaf.conf").write_text(_LEAF.format(identity=identity, issuer=ISSUER))
        asked = ["-req", "-in", "leaf.csr", "-force_pubkey", "leaf.pub", "-extfile", "leaf.conf"]
        by = ["-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "1"]
        argv = ["openssl", "x509", *asked, *by]
        return subprocess.run(
            argv, cwd=self.folder, check=True, capture_output=True
        ).stdout.decode()

    def _answer(self, told: object) -> None:
        data = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Says nothing."""
