"""A step's arguments, from its go line. Python 3.8."""

from __future__ import annotations

from ops0_runner.failing import input_failed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

    from ops0.core.values.later import Later
    from ops0_runner.job import Go, Input, StepFile


class Inputs:
    """What one attempt is given. ``finish`` before anything that it made counts."""

    def __init__(self) -> None:
        self._later: Dict[str, Later] = {}

    def arguments(self, go: Go, step: StepFile) -> Dict[str, Any]:
        """Load each argument. Raises Failed."""
        inputs = go.inputs if step.model is None else {"model": step.model, **go.inputs}
        return {name: _argument(name, given, self._later) for name, given in inputs.items()}

    def finish(self) -> None:
        """Wait until it is known that large ones are what their producers wrote. Raises Failed."""
        for name, later in self._later.items():
            _finish(name, later)


def _finish(name: str, later: Later) -> None:
    from ops0.core.values.faults import InputFault  # noqa: PLC0415 - first steps have no stored inputs

    try:
        later.finish()
    except InputFault as fault:
        raise input_failed(f"argument '{name}': {fault}", fault.hint) from None


def _argument(name: str, given: Input, later: Dict[str, Later]) -> Any:
    if given.parts is not None:
        parts = [_argument(f"{name}[{at}]", part, later) for at, part in enumerate(given.parts)]
        if given.shape is None:
            return parts
        from ops0.core.values.shape import put_together  # noqa: PLC0415 - few arguments are

        return put_together(given.shape, parts)
    if not given.is_value:
        if given.as_path and isinstance(given.value, str):
            import pathlib  # noqa: PLC0415 - few steps take paths as parameters

            return pathlib.Path(given.value)
        return given.value
    from ops0.core.values.faults import InputFault  # noqa: PLC0415 - first steps have no stored inputs
    from ops0.core.values.files import to_check_later  # noqa: PLC0415
    from ops0.core.values.later import Later  # noqa: PLC0415
    from ops0.core.values.manifest import read_manifest  # noqa: PLC0415
    from ops0.core.values.store import load_value  # noqa: PLC0415

    try:
        manifest = read_manifest(given.path, given.nonce, given.digest)
        later.setdefault(name, Later())
        return load_value(
            to_check_later(manifest.get("value"), later[name]), given.path, given.item
        )
    except InputFault as fault:
        raise input_failed(f"argument '{name}': {fault}", fault.hint) from None
