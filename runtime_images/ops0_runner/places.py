"""What may be why a step fails: the place where it runs. Python 3.8.

Loaded only when something failed.
"""

from __future__ import annotations

import errno
import os

from ops0.core.tracebacks import steps_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable, Optional

APART = "or run each step with only what it needs: --isolate (no Docker) or --containers"
_INSTALL = f"install what has it for this Python, {APART}"
_ONLY_A_NAME = (
    "a path as text is only a name, and its file stays behind: "
    "return the Path itself, alone or in a list, a dict or an object"
)
_ONLY_TEMPORARY = (
    "in a container only the temporary folder can be written to: "
    "Path(tempfile.mkdtemp()) / name; return that Path to keep the file"
)
_NO_ROOM = (
    "in a container /tmp and /dev/shm are memory, each at most half of the step's: "
    '@ops0.resources(memory="8GiB")'
)
_NO_KEYBOARD = "nobody can type into a step: make the answer a parameter of it, and give it with --param NAME=VALUE"
_NO_DEBUGGER = (
    "nobody can type into a step: to debug it call it in a Python of your own, for a step stays a plain function; "
    "take the breakpoint out"
)
_ONE_BY_ONE = (
    "a step that gives an iterator hands on its items one by one: "
    "return a list there, or collect them here with list(...)"
)
_NO_PROGRAM = "the image has no such program: name the Debian package that brings it, @ops0.requires(apt=[...])"
_NATIVE_CODE = (
    "in a container nothing can be run or loaded that a step has unpacked or compiled itself, unless it says "
    "@ops0.resources(native_code=True)"
)
_NO_COMPILER = (
    "the image has no compiler, nor Python's headers: "
    '@ops0.requires(apt=["g++", "libpython3-dev"]) with @ops0.resources(native_code=True)'
)
_NOT_MAPPED = "failed to map segment from shared object"
"""What the C library says of a file in a folder that nothing can be run from. Libraries and JVMs repeat it."""
_PIDS = ("/sys/fs/cgroup/pids", "/sys/fs/cgroup/pids/pids")
"""Of cgroup 2 and 1, what the kernel's ``.max`` and ``.events`` come behind."""
_NO_FILE = (
    "a container sees only files that the code itself names and that lie in the project: "
    'see "A data file is missing" in ops0 help troubleshooting'
)

_NO_FOLDER = f"{_NO_FILE}; if it was to be written, {_ONLY_TEMPORARY}"
_PANDAS = "Cannot save file into a non-existent directory"
"""How pandas says it: an OSError without a number."""


def place_hint(faults: Iterable[BaseException], in_image: bool) -> Optional[str]:
    """Give a hint for faults that come from where the step runs rather than from the user's code.

    faults: one with all that led to it;  in_image: whether it ran in a step's image; else in the Python of the user
    """
    for one in faults:
        hint = _anywhere(one) or (_in_image(one) if in_image else _outside(one))
        if hint:
            return hint
    return _no_more_processes() if in_image else None


def _outside(fault: BaseException) -> Optional[str]:
    """Say what the Python and the folder of the user lack: none of a container's walls is there."""
    if isinstance(fault, ModuleNotFoundError):
        return _INSTALL
    if isinstance(fault, FileNotFoundError) and not _is_program(fault):
        return _elsewhere(fault.filename)
    return None


def _in_image(fault: BaseException) -> Optional[str]:
    if isinstance(fault, ModuleNotFoundError) and fault.name:
        return f"if no import shows it, name its package: @ops0.requires('{fault.name.partition('.')[0]}')"
    if isinstance(fault, MemoryError):
        return 'give the step more: @ops0.resources(memory="8GiB")'
    return _native(fault) or (_wall(fault) if isinstance(fault, OSError) else _database(fault))


def _native(fault: BaseException) -> Optional[str]:
    """Say that what the step itself has made cannot be run, where that is why."""
    try:
        said = str(fault)
    except Exception:  # noqa: BLE001 - the step's own class
        said = ""
    if _NOT_MAPPED in said:
        return _NATIVE_CODE
    if type(fault).__name__ == "InductorError" and "No working C++ compiler" in said:
        return _NO_COMPILER
    if isinstance(fault, PermissionError) and _is_program(fault):
        return _NATIVE_CODE if _is_temporary(fault.filename) else None
    return None


def _anywhere(fault: BaseException) -> Optional[str]:
    """Say what no step has or gets, wherever it runs."""
    if isinstance(fault, EOFError) and str(fault) == "EOF when reading a line":
        return _NO_KEYBOARD
    if type(fault).__name__ == "BdbQuit":
        return _NO_DEBUGGER
    return _ONE_BY_ONE if isinstance(fault, TypeError) and "'Items'" in str(fault) else None


def _wall(fault: OSError) -> Optional[str]:
    """Say what a container keeps apart, where that is why a call of the system failed."""
    if isinstance(fault, FileNotFoundError):
        return _nothing_there(fault)
    if fault.errno == errno.EROFS or str(fault).startswith(_PANDAS):
        return _ONLY_TEMPORARY
    if fault.errno == errno.EACCES and _is_elsewhere(fault.filename):
        return _NO_FILE
    if fault.errno == errno.ENETUNREACH or type(fault).__name__ == "gaierror":
        return "in a container a step has no network unless it says @ops0.resources(network=True)"
    return _spent(fault)


def _nothing_there(fault: FileNotFoundError) -> str:
    if _is_program(fault):
        return _NO_PROGRAM
    if _is_temporary(fault.filename):
        return _ONLY_A_NAME
    return _NO_FILE if _has_folder(fault.filename) else _NO_FOLDER


def _spent(fault: OSError) -> Optional[str]:
    """Say of what a container has only so much, where nothing is left of it."""
    if fault.errno == errno.ENOSPC:
        return _NO_ROOM
    if fault.errno == errno.EMFILE:
        import resource  # noqa: PLC0415 - few failures need it

        most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        return f"in a container a step may have {most:,} files open at once: close them, or work on fewer at a time"
    return None


def _no_more_processes() -> Optional[str]:
    """Say how many processes there may be, where the kernel has refused one: libraries tell that in many ways."""
    for place in _PIDS:
        try:
            with open(place + ".events") as events, open(place + ".max") as most:
                refused = "max 0" not in events.read().splitlines()
                limit = most.read().strip()
        except OSError:
            continue
        return (
            f"in a container a step may have {int(limit):,} processes and threads at once, and wanted more: start fewer"
            if refused and limit.isdigit()
            else None
        )
    return None


def _database(fault: BaseException) -> Optional[str]:
    """Say why SQLite cannot open or change a file. Its errors carry no path, nor a number before Python 3.11."""
    said = str(fault) if type(fault).__module__ == "sqlite3" else ""
    if "unable to open database file" in said:
        return _NO_FILE
    return _ONLY_TEMPORARY if "readonly database" in said else None


def _has_folder(path: object) -> bool:
    """Whether a file could stand there: where not, it may also be one that was to be written."""
    return not isinstance(path, str) or os.path.isdir(os.path.dirname(path) or os.curdir)


def _is_elsewhere(path: object) -> bool:
    """Whether a path leads to a home of the user's machine: in an image such a folder may be closed, not missing."""
    return isinstance(path, str) and path.startswith(("/root/", "/home/"))


def _is_program(fault: OSError) -> bool:
    """Whether it was to be started, not opened."""
    steps = list(steps_of(fault.__traceback__))
    return bool(steps) and steps[-1].tb_frame.f_globals.get("__name__") == "subprocess"


def _is_temporary(path: object) -> bool:
    """Whether a path leads to where steps write. Each has such a folder of its own."""
    import tempfile  # noqa: PLC0415 - few failures need it

    return isinstance(path, str) and path.startswith(os.path.join(tempfile.gettempdir(), ""))


def _elsewhere(path: object) -> Optional[str]:
    """Say where a relative path begins, and where the file may be: where ops0 was called, or under a like name."""
    shell = os.environ.get("PWD", "")
    if not isinstance(path, str) or os.path.isabs(path) or not os.path.exists(os.curdir):
        return None
    if not os.path.isabs(shell) or not os.path.exists(os.path.join(shell, path)):
        return _looked_for(path)
    return (
        f"a step opens files from its own folder, {os.getcwd()}: "
        "take the file by a parameter annotated Path, which begins where ops0 is called"
    )


def _looked_for(path: str) -> str:
    """Name the file that may be meant, or the folder that is not there."""
    from difflib import get_close_matches  # noqa: PLC0415 - few failures need it

    here = f"relative paths begin at the step's folder, {os.getcwd()}"
    folder, name = os.path.split(path)
    try:
        there = os.listdir(folder or ".")
    except OSError:
        if folder:
            return f"{here}: make the folder {folder!r} there, or correct its name"
        there = []
    found = get_close_matches(name, there, n=1, cutoff=0.75)
    if found:
        return f"{here}: correct the name if {os.path.join(folder, found[0])!r} is meant"
    return f"{here}: put the file there, or correct its name"
