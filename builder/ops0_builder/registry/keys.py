"""Keys that sign and check, as they are named: a PEM file, or ``env://NAME`` for a variable that holds one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ops0.core.errors import SettingsError

__all__ = ["HALVES", "BadKey", "is_read_here", "read_key"]

HALVES = "--sign takes the private half, cosign.key; --key the public one, cosign.pub"
_VARIABLE = "env://"
_PEM = b"-----BEGIN "
_MADE = "`cosign generate-key-pair` makes cosign.key and cosign.pub; env://NAME reads a key from a variable"


class BadKey(SettingsError):
    """A key that is not there, or is none."""

    exit_code = 5

    def __init__(self, key: str, fact: str, hint: str = _MADE) -> None:
        super().__init__(f"key {key}: {fact}", hint)
        self.key = key


def is_read_here(key: str) -> bool:
    """Whether ops0 can read it; other addresses, as ``gcpkms://…``, are cosign's."""
    return key.startswith(_VARIABLE) or "://" not in key


def read_key(key: str, environ: Mapping[str, str]) -> bytes:
    """The key's text in PEM. Raises BadKey."""
    if key.startswith(_VARIABLE):
        name = key.removeprefix(_VARIABLE)
        if not name:
            raise BadKey(key, "names no variable")
        text = environ.get(name, "").encode()
        if not text:
            fact = "is empty" if name in environ else "is not set"
            raise BadKey(key, f"the variable {name} {fact}")
    else:
        try:
            text = Path(key).read_bytes()
        except FileNotFoundError:
            raise BadKey(key, "no such file") from None
        except OSError as fault:
            fact = (fault.strerror or str(fault)).lower()
            raise BadKey(key, f"cannot be read: {fact}") from None
    if _PEM not in text:
        raise BadKey(key, "holds no key in PEM")
    return text
