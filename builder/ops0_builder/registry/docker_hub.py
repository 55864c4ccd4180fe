"""Docker Hub, the one registry that is named by one host, asked at another, and known to ``docker login`` by a URL.

Its hosts stand nowhere else in ops0. Nothing that it serves tells them, so whoever speaks to it must know them. Pure.

source: https://github.com/moby/moby/blob/v28.0.0/registry/config.go
"""

from __future__ import annotations

LOGIN = "https://index.docker.io/v1/"
"""What the Docker configuration and credential helpers keep its credentials under."""
_SERVER = "registry-1.docker.io"
_NAMES = ("docker.io", "index.docker.io", _SERVER)
_OFFICIAL = "library"


def _is_docker_hub(host: str) -> bool:
    """Whether a registry's host is one of those that mean Docker Hub."""
    return host.lower() in _NAMES


def server_of(host: str) -> str:
    """The host that a registry's requests go to."""
    return _SERVER if _is_docker_hub(host) else host


def login_of(host: str) -> str:
    """What a credential helper and an engine know a registry by."""
    return LOGIN if _is_docker_hub(host) else host


def logins_of(host: str) -> tuple[str, ...]:
    """Under what the Docker configuration may have a registry, the usual first."""
    return (LOGIN, *_NAMES) if _is_docker_hub(host) else (host,)


def path_of(host: str, path: str) -> str:
    """A repository's path as its registry has it: on Docker Hub a name without an owner is one of Docker's own."""
    return f"{_OFFICIAL}/{path}" if _is_docker_hub(host) and "/" not in path else path
