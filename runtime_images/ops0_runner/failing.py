"""An attempt that has failed, and the failures that are no exception of the user's. Python 3.8."""

from __future__ import annotations

from ops0_runner import protocol
from ops0_runner.spare import let_go

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional


class Failed(Exception):
    """An attempt has failed: how, for the host, and the exit code."""

    def __init__(self, failure: Dict[str, Any], code: int) -> None:
        super().__init__(failure["message"])
        self.failure, self.code = failure, code


def value_failed(message: str, hint: Optional[str]) -> Failed:
    """The result cannot be stored."""
    let_go()
    from ops0_runner.failure import plain_failure  # noqa: PLC0415 - loads what only failures need

    return Failed(plain_failure("value", message, hint), protocol.EXIT_VALUE)


def input_failed(message: str, hint: Optional[str]) -> Failed:
    """An input is not what its producer wrote."""
    let_go()
    from ops0_runner.failure import plain_failure  # noqa: PLC0415

    return Failed(plain_failure("input", message, hint), protocol.EXIT_INPUT)


def job_failed(message: str) -> Failed:
    """The host asks for what makes no sense."""
    let_go()
    from ops0_runner.failure import plain_failure  # noqa: PLC0415

    return Failed(plain_failure("job", message, None), protocol.EXIT_JOB)
