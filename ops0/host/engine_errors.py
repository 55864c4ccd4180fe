"""How the Docker Engine fails us: missing, closed to this user, too old, silent, refusing, full."""

from __future__ import annotations

from ops0.core.errors import EngineError

USUAL = "unix:///var/run/docker.sock"
"""Where an engine listens unless somebody says otherwise."""
NO_ENGINE_HINT = "start Docker; `ops0 doctor` shows more"


class EngineUnreachable(EngineError):
    """Nobody answers where the engine should be."""

    exit_code = 61

    def __init__(self, address: str, cause: str, hint: str = NO_ENGINE_HINT) -> None:
        asked = "" if address == USUAL else "; DOCKER_HOST or the Docker context names this address"
        super().__init__(f"{address}: cannot reach Docker ({cause}){asked}", hint)
        self.address = address


class EngineUntrusted(EngineUnreachable):
    """Somebody answers, and TLS ends it: one side does not believe the other's certificate."""

    def __init__(self, address: str, cause: str) -> None:
        hint = (
            "DOCKER_CERT_PATH, or the Docker context, names the folder: its ca.pem must be of who signed the engine's "
            "certificate, cert.pem and key.pem of this client"
        )
        super().__init__(address, cause, hint)


class EngineForbidden(EngineError):
    """The engine's socket is not for this user."""

    exit_code = 62

    def __init__(self, address: str, user: str, owner: str, group: str, mode: int) -> None:
        super().__init__(
            f"{address}: user {user} may not use the Docker Engine's socket "
            f"(owner {owner}, group {group}, mode {mode:04o})",
            f"join the group and log in again: sudo usermod -aG {group} {user}",
        )
        self.address, self.user, self.owner, self.group, self.mode = (
            address,
            user,
            owner,
            group,
            mode,
        )


class EngineTooOld(EngineError):
    """The engine and ops0 have no version of the API in common."""

    exit_code = 63

    def __init__(self, address: str, needed: str, offered: str) -> None:
        super().__init__(
            f"{address}: the Docker Engine speaks API {offered}, ops0 needs {needed}",
            "update Docker to 25 or newer",
        )
        self.address, self.needed, self.offered = address, needed, offered


class NotDocker(EngineError):
    """Another server answers where a Docker Engine should. Podman's API builds and runs no steps."""

    exit_code = 63

    def __init__(self, address: str, server: str, hint: str = "") -> None:
        named = "name the engine's address in DOCKER_HOST or by `docker context use`"
        super().__init__(
            f"{address}: {server}, and ops0 needs a Docker Engine",
            f"{hint}, and {named}" if hint else named,
        )
        self.address, self.server = address, server


class EngineAddressError(EngineError):
    """DOCKER_HOST or the Docker context names an address that ops0 cannot use."""

    exit_code = 64

    def __init__(self, address: str, place: str, fact: str, hint: str | None = None) -> None:
        super().__init__(
            f"{place}: {address}: {fact}", hint or "use unix:///path or tcp://host:port"
        )
        self.address = address


class EngineCertificates(EngineError):
    """The files that say who the engine is, or who we are, cannot be used."""

    exit_code = 64

    def __init__(self, address: str, files: str, fact: str) -> None:
        super().__init__(
            f"{address}: {files} cannot be used for TLS: {fact}",
            "may this user read them, and are they PEM? DOCKER_CERT_PATH names the folder",
        )
        self.address, self.files = address, files


class NoConnection(EngineError):
    """Neither process nor machine may have one more file open, so no connection to the engine either."""

    exit_code = 69

    def __init__(self, address: str, fact: str) -> None:
        super().__init__(
            f"{address}: no further connection to Docker can be opened: {fact.lower()}",
            "allow more open files (`ulimit -n` shows how many), or run less at once: --jobs",
        )
        self.address = address


class EngineTimeout(EngineError):
    """The engine took the request and did not answer in time."""

    exit_code = 65

    def __init__(self, address: str, request: str, seconds: float) -> None:
        super().__init__(
            f"{address}: no answer to {request} within {seconds:g} s",
            "is the machine overloaded? `docker info` should answer; else restart the engine",
        )
        self.address, self.request, self.seconds = address, request, seconds


class EngineRefused(EngineError):
    """The engine answered a request with an error."""

    exit_code = 66

    def __init__(self, request: str, status: int, message: str, hint: str | None = None) -> None:
        super().__init__(f"{request}: the Docker Engine answered {status}: {message}", hint)
        self.request, self.status = request, status


def says_full(text: str) -> bool:
    """Whether an engine, BuildKit or uv says that a disk is full: none of them has another sign of it."""
    return "no space left on device" in text


class EngineFull(EngineError):
    """No space is left where the engine keeps images."""

    exit_code = 67

    def __init__(self, place: str) -> None:
        super().__init__(
            f"{place}: no space left on the Docker Engine's disk",
            "free some: `ops0 gc`, `docker buildx prune`, `docker image prune`",
        )
        self.place = place
