"""``@ops0.secrets``: what a step gets in its environment while it runs, by reference. Runs in images: Python 3.8.

A reference is ``env:NAME``, ``file:PATH`` or ``vault:MOUNT/PATH#FIELD``. It names a secret and holds none, so it may
stand in source, plans and bundles; only the host that runs the step looks up what it names.
"""

from __future__ import annotations

import re

from ops0.core.api.marks import MarkFault, checked, marking

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])

__all__ = [
    "address",
    "check_secret",
    "check_secrets",
    "is_reference",
    "reference",
    "secrets",
    "split_vault",
]

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}", re.ASCII)
_VAULT = re.compile(
    r"(?P<path>[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_. -]+)+)#(?P<field>[^#\x00-\x1f]{1,256})"
)
_ADDRESS = re.compile(r"https?://[^\s/?#@]+([/?][^\s#]*)?")
_STEERING = frozenset({"HOME", "PATH", "TMPDIR"})
_FORMS = "a reference is env:NAME, file:PATH or vault:MOUNT/PATH#FIELD"
_EXAMPLE = 'write @ops0.secrets(DB_PASSWORD="env:DB_PASSWORD")'


def secrets(**references: str) -> Callable[[F], F]:
    """Give a step secrets as environment variables: ``@ops0.secrets(DB_PASSWORD="vault:kv/app#password")``.

    references: variable -> ``env:NAME``, ``file:PATH`` or ``vault:MOUNT/PATH#FIELD``
    raises:     StepDefinitionError
    """
    checked("@ops0.secrets", check_secrets, references)
    return marking("secrets", dict(references))


def check_secrets(references: Mapping[str, Any]) -> None:
    """Refuse arguments of ``@ops0.secrets`` that name no secret, or none that can be looked up. Raises MarkFault."""
    if not references:
        raise MarkFault("names no secret", _EXAMPLE)
    for variable, one in references.items():
        check_secret(variable, one)


def check_secret(variable: object, reference: object) -> None:
    """Refuse what is no variable or no reference. Raises MarkFault; it never shows a reference that may be a secret."""
    if not (isinstance(variable, str) and _VARIABLE.fullmatch(variable)):
        raise MarkFault(f"{variable!r:.60} is no name of an environment variable", _EXAMPLE)
    if variable in _STEERING or variable.startswith(("LD_", "PYTHON")):
        raise MarkFault(f"{variable} steers programs and cannot hold a secret", "name it otherwise")
    kind = reference.partition(":")[0] if isinstance(reference, str) else ""
    if kind not in ("env", "file", "vault"):
        raise MarkFault(f"{variable}: what it is given is no reference to a secret", _FORMS)
    if not is_reference(reference):
        raise MarkFault(f"{variable}: {reference!r:.120} is no reference", _FORMS)


def is_reference(given: object) -> bool:
    """Whether it is a reference to a secret, and not itself what is meant."""
    kind, _, rest = given.partition(":") if isinstance(given, str) else ("", "", "")
    return bool(
        (kind == "env" and _VARIABLE.fullmatch(rest))
        or (kind == "file" and rest and rest.isprintable())
        or (kind == "vault" and split_vault(rest)[0])
    )


def reference(given: object, what: str) -> str:
    """Check an argument that may only name a secret. Raises MarkFault, which does not show it: it may be the secret."""
    if is_reference(given):
        return str(given)
    raise MarkFault(
        f"{what} is no reference",
        f'write {what}="env:NAME", "file:PATH" or "vault:MOUNT/PATH#FIELD", never itself',
    )


def address(given: object, what: str) -> str:
    """Check an argument that is an address of HTTP without user or fragment, or a reference. Raises MarkFault."""
    if isinstance(given, str) and (_ADDRESS.fullmatch(given) or is_reference(given)):
        return given
    raise MarkFault(
        f"{what} is neither an address nor a reference to one",
        f'write {what}="https://..." or {what}="env:NAME"',
    )


def split_vault(rest: str) -> tuple[str, str]:
    """Split ``kv/app#password`` into path and field; two empty texts where it is not of that form."""
    match = _VAULT.fullmatch(rest)
    if match is None or not all(part.strip(". ") for part in match["path"].split("/")):
        return "", ""
    return match["path"], match["field"]
