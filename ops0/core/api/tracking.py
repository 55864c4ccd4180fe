"""``ops0.log_metric`` and ``ops0.log_artifact``: what a step tells beside its result. Runs in images: Python 3.8.

They go through the runner's own channel to the host, without network. Where no runner listens, in a plain call of the
function, they check their arguments and do nothing else. A process that the step forks may use them too; one that it
spawns has no runner.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Tuple, Union

__all__ = ["log_artifact", "log_metric"]

MOST_METRICS = 20_000
"""Values of metrics that one attempt may tell; a loop that logs more has its first ones kept."""
MOST_ARTIFACTS = 1_000
_LONGEST = 200


class Channel:
    """What listens: ``send`` tells the host, ``folder`` takes the files of artifacts."""

    def __init__(self, send: Callable[[str, Dict[str, Any]], None], folder: str) -> None:
        self.send, self.folder = send, folder
        self.steps: Dict[str, int] = {}
        self.told = 0
        self.files: Dict[str, Dict[str, Any]] = {}


_listening: List[Channel] = []


def listen(channel: Channel) -> None:
    """Let this channel have what is logged from now on. For the runner."""
    _listening[:] = [channel]


def artifacts() -> List[Dict[str, Any]]:
    """List what was kept so far, each as a file of a value: name, size, sha256."""
    return [entry for channel in _listening for entry in channel.files.values()]


def log_metric(name: str, value: float, step: Optional[int] = None) -> None:
    """Log a number: ``ops0.log_metric("loss", 0.31)``. Logging a name repeatedly makes a curve.

    name:   printable, at most 200 characters; slashes group
    value:  any number, also a numpy scalar or a tensor of one element
    step:   the position on the curve; default: one more than the last of that name, from 0
    raises: ValueError, TypeError
    """
    _check_name("log_metric", name)
    number = float(value)
    if step is not None and (isinstance(step, bool) or not hasattr(step, "__index__")):
        raise TypeError(f"log_metric: step {step!r} is not a whole number")
    for channel in _listening:
        at = channel.steps.get(name, -1) + 1 if step is None else step.__index__()
        channel.steps[name] = at
        channel.told += 1
        if channel.told <= MOST_METRICS:
            channel.send("metric", {"name": name, "value": _json(number), "step": at})


def _json(number: float) -> Union[float, str]:
    """Give a number as JSON has it, which has no words for these three."""
    if number != number:  # noqa: PLR0124 - the one number that differs from itself
        return "nan"
    return number if abs(number) != float("inf") else ("inf" if number > 0 else "-inf")


def log_artifact(artifact: Any, name: Optional[str] = None) -> None:
    """Keep a file with the run: ``ops0.log_artifact("model.onnx")``.

    artifact: the path of a file; bytes; a figure of matplotlib or a picture of Pillow, kept as PNG
    name:     the relative path to keep it under; default: the file's own name. The same name again replaces the file
    raises:   ValueError, TypeError, OSError
    """
    data, path = _content(artifact)
    if name is None:
        if path is None:
            raise TypeError("log_artifact: what is no file needs a name: log_artifact(x, 'x.png')")
        name = os.path.basename(path)
    _check_name("log_artifact", name)
    if path is not None and not os.path.isfile(path):
        raise FileNotFoundError(2, "log_artifact: no such file", path)
    for channel in _listening:
        if len(channel.files) >= MOST_ARTIFACTS and name not in channel.files:
            raise ValueError(f"log_artifact: more than {MOST_ARTIFACTS} files")
        _write(channel, name, data, path)


def _write(channel: Channel, name: str, data: Optional[bytes], path: Optional[str]) -> None:
    from ops0.core.values.writer import FileWriter  # noqa: PLC0415 - not for steps that log none

    with FileWriter(channel.folder, name) as file:
        if path is None:
            file.write(data or b"")
        else:
            with open(path, "rb") as source:
                file.copy(source)
    channel.files[name] = file.entry
    channel.send("artifact", file.entry)


def _content(artifact: Any) -> Tuple[Optional[bytes], Optional[str]]:
    """Give bytes, or else a path."""
    if isinstance(artifact, (bytes, bytearray, memoryview)):
        return bytes(artifact), None
    if isinstance(artifact, (str, os.PathLike)):
        return None, os.fspath(artifact)
    from ops0.core.values.images import drawn  # noqa: PLC0415 - not for steps that log none

    data = drawn(artifact)
    if data is None:
        kind = type(artifact).__name__
        raise TypeError(f"log_artifact: {kind} is no path, no bytes, no figure and no picture")
    return data, None


def _check_name(what: str, name: object) -> None:
    if not isinstance(name, str):
        raise TypeError(f"{what}: the name {name!r} is not a text")
    parts = name.split("/")
    if not name.isprintable() or len(name) > _LONGEST or {"", ".", ".."}.intersection(parts):
        raise ValueError(
            f"{what}: {name!r:.60} is no name: at most {_LONGEST} printable characters, relative, without '..'"
        )
