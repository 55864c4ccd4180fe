"""How a registry fails us: one class and one exit code a kind.

::

    SettingsError
    └── BadReference          5   a name that no registry's repository or tag has
    RegistryError            90
    ├── RegistryUnreachable  91   no whole answer, however often it was asked
    ├── RegistryForbidden    92   401 or 403: the credentials are not enough
    ├── RegistryRefused      93   any other refusal
    ├── TagTaken             94   a tag holds something else already
    ├── DigestMismatch       95   it holds or sends other bytes than those that were named
    ├── CredentialsUnusable  96   the Docker configuration, a credential helper or a certificate cannot be read
    └── NotInRegistry        97   the registry has nothing of that name
"""

from __future__ import annotations

from ops0.core.errors import RegistryError, SettingsError


class BadReference(SettingsError):
    """A name that no registry's repository, tag or digest can have."""

    exit_code = 5

    def __init__(
        self, text: str, fact: str, hint: str = "write it as registry.example:5000/team/flow"
    ) -> None:
        super().__init__(f"{text}: {fact}", hint)
        self.text, self.fact = text, fact


_LATER = "see that it runs at this address; it may also answer later, and what it has already is not sent again"


class RegistryUnreachable(RegistryError):
    """The registry gave no whole answer, however often it was asked."""

    exit_code = 91

    def __init__(
        self, host: str, request: str, cause: str, attempts: int, hint: str = _LATER
    ) -> None:
        times = f"after {attempts} attempts" if attempts > 1 else "not asked again"
        super().__init__(f"registry {host}: {request}: {cause} ({times})", hint)
        self.host, self.request, self.cause, self.attempts = host, request, cause, attempts


class RegistryForbidden(RegistryError):
    """The registry wants other credentials, or these may not do that. Never tried again."""

    exit_code = 92

    def __init__(self, host: str, request: str, status: int, source: str, said: str) -> None:
        words = f": {said}" if said else ""
        super().__init__(
            f"registry {host}: {request}: HTTP {status} with {source}{words}",
            f"log in with an account that may: docker login {host}",
        )
        self.host, self.request, self.status, self.source = host, request, status, source


class RegistryRefused(RegistryError):
    """The registry refused a request for a reason that waiting does not fix."""

    exit_code = 93

    def __init__(
        self, host: str, request: str, status: int, said: str, hint: str | None = None
    ) -> None:
        words = f": {said}" if said else ""
        super().__init__(f"registry {host}: {request}: HTTP {status}{words}", hint)
        self.host, self.request, self.status, self.said = host, request, status, said


class TagTaken(RegistryError):
    """A tag holds another digest already. Nothing was sent."""

    exit_code = 94

    def __init__(self, reference: str, holds: str, wanted: str) -> None:
        super().__init__(
            f"{reference}: holds {holds} already, not {wanted}",
            "give another tag, or move this one with --force",
        )
        self.reference, self.holds, self.wanted = reference, holds, wanted


class DigestMismatch(RegistryError):
    """A registry holds or sends other bytes than those that were named."""

    exit_code = 95

    def __init__(self, reference: str, wanted: str, found: str) -> None:
        super().__init__(
            f"{reference}: the registry answers with {found}, not {wanted}",
            "do not use what it holds; a proxy or cache on the way may change answers",
        )
        self.reference, self.wanted, self.found = reference, wanted, found


class CredentialsUnusable(RegistryError):
    """The Docker configuration, a credential helper or a certificate that Docker reads too cannot be used."""

    exit_code = 96

    def __init__(
        self, place: str, fact: str, hint: str = "write it again: docker login HOST"
    ) -> None:
        super().__init__(f"{place}: {fact}", hint)
        self.place, self.fact = place, fact


class NotInRegistry(RegistryError):
    """The registry has no such repository, tag or digest."""

    exit_code = 97

    def __init__(self, reference: str, hint: str | None = None) -> None:
        super().__init__(f"{reference}: the registry has nothing of that name", hint)
        self.reference = reference
