"""Where the Docker Engine listens: DOCKER_HOST, else the Docker context, else the usual socket."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from ops0.core.digest import sha256
from ops0.host.engine_errors import USUAL, EngineAddressError

_TUNNEL = (
    "bring its socket here: `ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock HOST`, "
    "and name unix:///tmp/docker.sock in its place"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class EngineAddress:
    """One engine's door.

    text: as the user wrote it;  socket: path of a unix socket, or None
    host, port: of a TCP address;  tls: whether it is spoken to over TLS
    certificates: folder of ca.pem, cert.pem, key.pem; None: the system's authorities, and no certificate of this client
    context:    the Docker context it comes from; buildx calls the engine's own builder by that name
    """

    text: str
    socket: str | None = None
    host: str = ""
    port: int = 0
    tls: bool = False
    certificates: str | None = None
    context: str = "default"


def client_folder(environ: Mapping[str, str]) -> Path:
    """Where the `docker` command keeps its settings, contexts and plugins' own things."""
    return Path(environ.get("DOCKER_CONFIG") or Path(environ.get("HOME", "/"), ".docker"))


def engine_address(environ: Mapping[str, str]) -> EngineAddress:
    """The address that the `docker` command would use.

    raises: EngineAddressError for ssh:// and other things that are no unix or TCP address
    source: https://docs.docker.com/engine/manage-resources/contexts/
    """
    config = client_folder(environ)
    if environ.get("DOCKER_HOST"):
        tls = bool(environ.get("DOCKER_TLS_VERIFY"))
        folder = environ.get("DOCKER_CERT_PATH") or str(config)
        return parse_address(environ["DOCKER_HOST"], "DOCKER_HOST", folder if tls else None)
    context = environ.get("DOCKER_CONTEXT") or _current_context(config)
    if not context or context == "default":
        return parse_address(USUAL, "the default")
    return _context_address(config, context)


def parse_address(text: str, place: str, certificates: str | None = None) -> EngineAddress:
    """Read ``unix://PATH``, ``tcp://HOST[:PORT]``, ``http://…`` or ``https://…``. Raises EngineAddressError.

    certificates: a folder of them, with which every TCP address is spoken to over TLS
    """
    if text.startswith("unix://"):
        path = text.removeprefix("unix://")
        if not path.startswith("/") or "\0" in path:
            raise EngineAddressError(text, place, "a unix socket needs an absolute path")
        return EngineAddress(text=text, socket=path)
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as fault:
        raise EngineAddressError(text, place, str(fault)) from None
    if parts.scheme not in ("tcp", "http", "https") or not parts.hostname:
        fact = "ops0 reaches engines over unix and tcp only"
        raise EngineAddressError(text, place, fact, _TUNNEL if parts.scheme == "ssh" else None)
    tls = certificates is not None or parts.scheme == "https"
    return EngineAddress(
        text=text,
        host=parts.hostname,
        port=port or (2376 if tls else 2375),
        tls=tls,
        certificates=certificates,
    )


def _current_context(config: Path) -> str:
    try:
        return str(json.loads((config / "config.json").read_text()).get("currentContext") or "")
    except (OSError, ValueError, AttributeError):
        return ""  # as the docker command: no readable configuration is no context


def _context_address(config: Path, context: str) -> EngineAddress:
    name = sha256(context.encode())
    place = f"Docker context {context}"
    try:
        meta = json.loads((config / "contexts/meta" / name / "meta.json").read_text())
        host = str(meta["Endpoints"]["docker"]["Host"])
    except (OSError, ValueError, KeyError, TypeError):
        hint = "`docker context ls` lists those that there are; `docker context use default` goes back to the usual one"
        raise EngineAddressError(
            context, "Docker context", "no such context, or it has no docker endpoint", hint
        ) from None
    tls = config / "contexts/tls" / name / "docker"
    address = parse_address(host, place, str(tls) if tls.is_dir() else None)
    return replace(address, context=context)
