"""References to secrets: ``env:NAME`` and ``file:PATH``, of this machine. What they lead to is shown nowhere."""

from __future__ import annotations

import os
from pathlib import Path

from ops0.core.errors import HostError

_LARGEST = 64 * 1024


class BadReference(HostError):
    """A reference leads to nothing that can be used. Names the reference, never what it leads to."""

    exit_code = 73

    def __init__(self, reference: str, fact: str, hint: str) -> None:
        super().__init__(f"{reference}: {fact}", hint)
        self.reference = reference


def is_reference(text: str) -> bool:
    """Whether a text is a reference, and not itself what is meant."""
    return text.startswith(("env:", "file:"))


def read_reference(reference: str) -> str:
    """What a reference leads to, without the newline at a file's end. Raises BadReference."""
    scheme, _, name = reference.partition(":")
    if scheme == "env":
        value = os.environ.get(name)
        if not value:
            raise BadReference(reference, "the variable is not set", f"set it: export {name}=...")
        return value
    if scheme != "file":
        raise BadReference(reference, "no way to read it", "write env:NAME or file:PATH")
    try:
        data = Path(name).expanduser().read_bytes()
        text = data[: _LARGEST + 1].decode().rstrip("\r\n")
    except OSError as fault:
        raise BadReference(reference, str(fault.strerror), "is the path right?") from None
    except ValueError:
        raise BadReference(reference, "the file is no UTF-8 text", "write it anew") from None
    if not text or len(data) > _LARGEST:
        raise BadReference(reference, "the file is empty or too large", "is the path right?")
    return text
