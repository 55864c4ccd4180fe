"""The Docker SDK's client of one engine: how it reaches it, whom it trusts, and how its connections are shared."""

from __future__ import annotations

from pathlib import Path
from ssl import get_default_verify_paths
from typing import Any

import docker
from docker.tls import TLSConfig
from docker.transport import UnixHTTPAdapter

from ops0.host.engine_address import EngineAddress
from ops0.host.engine_socket import API

_CONNECTIONS = 64
_OVER_SOCKET = "http+docker://"
"""What the SDK's own addresses begin with where it asks over a socket."""


def client_of(address: EngineAddress, seconds: int) -> docker.APIClient:
    """Make the client; nothing is asked. ``seconds``: the time limit of an ordinary call."""
    client = docker.APIClient(
        base_url=_base_url(address),
        version=API,
        timeout=seconds,
        tls=_tls(address),
        num_pools=_CONNECTIONS,
        max_pool_size=_CONNECTIONS,
    )
    # Else REQUESTS_CA_BUNDLE would count for more than the engine's own ca.pem, and a proxy would be asked for it.
    client.trust_env = False
    if address.socket is not None:
        shared = _OnePool(_base_url(address), seconds, max_pool_size=_CONNECTIONS)
        client.mount(_OVER_SOCKET, shared)
    return client


class _OnePool(UnixHTTPAdapter):
    """The SDK's way over a socket, with one pool of connections for all that is asked, as it has over a network.

    By itself it keeps a pool for each path. Paths hold names of containers, so no connection would serve twice: each
    request would make one, and the engine take it.
    """

    def get_connection(self, url: str | bytes, proxies: Any = None) -> Any:  # noqa: ARG002 - as its base has it
        """See UnixHTTPAdapter."""
        return super().get_connection(_OVER_SOCKET, proxies)


def _base_url(address: EngineAddress) -> str:
    if address.socket is not None:
        return f"http+unix://{address.socket}"
    scheme = "https" if address.tls else "http"
    return f"{scheme}://{address.host}:{address.port}"


def _tls(address: EngineAddress) -> TLSConfig | bool:
    if not address.tls:
        return False
    if address.certificates is None:  # the authorities that the other connections trust
        return TLSConfig(ca_cert=get_default_verify_paths().cafile, verify=True)
    folder = Path(address.certificates)
    ca, cert, key = (folder / name for name in ("ca.pem", "cert.pem", "key.pem"))
    pair = (str(cert), str(key)) if cert.exists() else None
    return TLSConfig(client_cert=pair, ca_cert=str(ca) if ca.exists() else None, verify=True)
