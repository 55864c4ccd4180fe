"""What can be wrong with a value. Runs in images: Python 3.8."""

from __future__ import annotations

from ops0.core.errors import RunError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional


class ValueFault(RunError):
    """A result that cannot be stored. ``part`` is where in it, as ``result["lock"]``; ``type`` is that part's type."""

    exit_code = 51

    def __init__(
        self, message: str, hint: Optional[str] = None, part: str = "result", type_name: str = ""
    ) -> None:
        super().__init__(message, hint)
        self.part, self.type_name = part, type_name


class InputFault(RunError):
    """An input that is missing, torn, or not what its producer wrote. ``name`` is the file's, relative."""

    exit_code = 56

    def __init__(self, message: str, hint: Optional[str] = None, name: str = "") -> None:
        super().__init__(message, hint)
        self.name = name


class StorageFault(RunError):
    """A store that cannot be reached, refuses, or needs a library that is not there. The URL is told, no password."""

    exit_code = 58


class IterationFault(Exception):
    """The step's own code raised while its items were being stored. The cause is what it raised."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(str(cause))
        self.cause = cause
