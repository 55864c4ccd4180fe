"""What is trusted of a registry, and shown to it: the certificates in the folders that Docker reads.

source: https://docs.docker.com/engine/security/certificates/
"""

from __future__ import annotations

import ssl
from pathlib import Path

from ops0.core.folders import home_dir
from ops0_builder.registry.errors import CredentialsUnusable

_HINT = "fix it, or take it out of the folder: Docker reads the same one"


def tls_context(host: str) -> ssl.SSLContext:
    """Trusts the system's authorities, SSL_CERT_FILE, and those of the folders; shows the certificates there.

    raises: CredentialsUnusable for a file that cannot be read, or is not what its suffix says
    """
    context = ssl.create_default_context()
    for authority in authorities(host):
        _text(authority)
        try:
            context.load_verify_locations(authority)
        except ssl.SSLError:
            raise CredentialsUnusable(str(authority), "holds no certificate", _HINT) from None
    for folder in _folders(host):
        for certificate in sorted(folder.glob("*.cert")):
            _show(context, certificate)
    return context


def authorities(host: str) -> tuple[Path, ...]:
    """The certificates of the authorities that Docker trusts for a registry, beside the system's."""
    return tuple(one for folder in _folders(host) for one in sorted(folder.glob("*.crt")))


def authorities_text(host: str) -> str:
    """All of them in one file's text; "" for none. Raises CredentialsUnusable."""
    return "\n".join(map(_text, authorities(host)))


def _show(context: ssl.SSLContext, certificate: Path) -> None:
    key = certificate.with_suffix(".key")
    for file in (certificate, key):
        _text(file)
    try:
        # With no password given it would be asked for at the terminal.
        context.load_cert_chain(certificate, key, password="")
    except ssl.SSLError as fault:
        why = (fault.reason or "unreadable").lower().replace("_", " ")
        fact = f"no certificate with its key in {key.name}: {why}"
        raise CredentialsUnusable(str(certificate), fact, _HINT) from None


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("ascii", "replace")
    except OSError as fault:
        fact = (fault.strerror or str(fault)).lower()
        raise CredentialsUnusable(str(path), fact, _HINT) from None


def _folders(host: str) -> tuple[Path, ...]:
    return Path("/etc/docker/certs.d", host), home_dir() / ".config/docker/certs.d" / host
