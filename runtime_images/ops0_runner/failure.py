"""What went wrong in a step, as the user should see it: from their own code on. Python 3.8.

Loaded only when something failed.
"""

from __future__ import annotations

import os
import traceback
from itertools import dropwhile
from types import TracebackType

from ops0.core.errors import Ops0Error
from ops0.core.tracebacks import joined, steps_of
from ops0_runner.libraries import has_other, lacking_hint, meant_module
from ops0_runner.loading import LoadFault
from ops0_runner.places import place_hint
from ops0_runner.protocol import CODE_DIR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence

_LONGEST_MESSAGE = 4_000
_LONGEST_TRACEBACK = 64_000
_OURS = (Ops0Error, LoadFault)
"""What ops0 itself says: its own frames and the names of its errors are nobody's matter."""


def failure_of(
    kind: str,
    fault: BaseException,
    folders: Sequence[str],
    *,
    message: Optional[str] = None,
    hint: Optional[str] = None,
    in_image: bool = True,
    needs: Optional[Mapping[str, Sequence[str]]] = None,
    others: Optional[Mapping[str, Sequence[str]]] = None,
) -> Dict[str, Any]:
    """Give the FAILURE of an exception (see protocol.py).

    folders: the user's: a traceback starts at the first frame in one of them, and names files relative to the first
             folder that holds them; a fault with no such frame is told without a traceback
    in_image: whether it ran in a step's image; else in the Python of the user
    needs: requirement -> its imports: what that Python should have;  others: likewise for the pipeline's other steps
    """
    bases = _bases(folders)
    # Before the tracebacks are made shorter: what libraries have caught within shows only there what it was.
    found = hint or _hint(fault, bases, in_image, needs or {}, others or {})
    for one in _chain(fault):
        one.__traceback__ = _trimmed(one.__traceback__, bases)
    return {
        "kind": kind,
        "type": "" if isinstance(fault, _OURS) else _type_name(fault),
        "message": _text(fault) if message is None else message,
        "traceback": _shown_trace(fault, bases),
        "where": _where(fault, bases),
        "hint": found,
    }


def shown(value: Any) -> str:
    """Give the ``repr`` of what the user's code raised or handed to ``sys.exit``."""
    try:
        return repr(value)
    except BaseException:  # noqa: BLE001 - the user's own __repr__ may raise anything, SystemExit too
        return f"a {type(value).__qualname__} that cannot be shown"


def plain_failure(kind: str, message: str, hint: Optional[str]) -> Dict[str, Any]:
    """Give the FAILURE of something that is not the user's code: no exception of theirs, so of no type."""
    return {
        "kind": kind,
        "type": "",
        "message": message,
        "traceback": "",
        "where": None,
        "hint": hint,
    }


def fit_to_send(failure: Mapping[str, Any], secrets: Mapping[str, str]) -> Dict[str, Any]:
    """Give a FAILURE without secrets, and no longer than the host takes it.

    In this order: a secret that a cut divides would be known to nobody any more.
    """
    fit = dict(failure)
    if secrets:
        from ops0_runner.redaction import Redactor  # noqa: PLC0415 - for few steps only

        fit = Redactor(secrets).shown(fit)
    fit["message"] = _cut(fit["message"], _LONGEST_MESSAGE)
    fit["traceback"] = _cut(fit["traceback"], _LONGEST_TRACEBACK)
    return fit


def _bases(folders: Sequence[str]) -> List[str]:
    """List the user's folders in the order in which names are made relative to them, each ending in a slash.

    In an image the project's root comes first, as the host knows files by their names below it; the first import root
    may be a folder in it.
    """
    found: List[str] = []
    for folder in (CODE_DIR, *folders):
        for form in (os.path.abspath(folder), os.path.realpath(folder)):
            if os.path.join(form, "") not in found:
                found.append(os.path.join(form, ""))
    return found


def _chain(fault: BaseException) -> Iterator[BaseException]:
    """Walk an exception with its causes, contexts and members of groups, each once."""
    seen, todo = set(), [fault]
    while todo:
        one = todo.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        todo += [next_one for next_one in (one.__cause__, one.__context__) if next_one is not None]
        todo += _members(one)


def _members(fault: BaseException) -> List[BaseException]:
    try:
        members = getattr(fault, "exceptions", ())
    except BaseException:  # noqa: BLE001 - the user's own property
        return []
    found = members if isinstance(members, tuple) else ()
    return [member for member in found if isinstance(member, BaseException)]


def _trimmed(trace: Optional[TracebackType], bases: Sequence[str]) -> Optional[TracebackType]:
    """Leave out what comes before the user's code, and the import system's frames in between."""
    own = dropwhile(lambda step: not _is_user(step, bases), steps_of(trace))
    frozen = "<frozen importlib"
    return joined([step for step in own if not step.tb_frame.f_code.co_filename.startswith(frozen)])


def _is_user(trace: TracebackType, bases: Sequence[str]) -> bool:
    path = trace.tb_frame.f_code.co_filename
    return (
        path.startswith(tuple(bases))
        and "/site-packages/" not in path
        and "/dist-packages/" not in path
    )


def _where(fault: BaseException, bases: Sequence[str]) -> Optional[str]:
    """Say the user's innermost line: ``pipeline.py:12``."""
    if (
        isinstance(fault, SyntaxError)
        and fault.filename
        and fault.filename.startswith(tuple(bases))
    ):
        return f"{_short(fault.filename, bases)}:{fault.lineno}"
    where = None
    for step in steps_of(fault.__traceback__):
        if _is_user(step, bases):
            where = f"{_short(step.tb_frame.f_code.co_filename, bases)}:{step.tb_lineno}"
    return where


def _short(path: str, bases: Sequence[str]) -> str:
    for base in bases:
        if path.startswith(base):
            return path[len(base) :]
    return path


def _relative(text: str, bases: Sequence[str]) -> str:
    for base in bases:
        text = text.replace(f'File "{base}', 'File "')
    return text


def _shown_trace(fault: BaseException, bases: Sequence[str]) -> str:
    """Give the traceback; of what ops0 itself says only the user's own frames."""
    if not isinstance(fault, _OURS):
        return _relative(_formatted(fault), bases)
    own = [one for one in steps_of(fault.__traceback__) if _is_user(one, bases)]
    found = [(one.tb_frame, one.tb_lineno) for one in own]
    lines = traceback.StackSummary.extract(iter(found)).format()
    return (
        _relative(f"Traceback (most recent call last):\n{''.join(lines)}", bases) if lines else ""
    )


def _formatted(fault: BaseException) -> str:
    try:
        return "".join(traceback.format_exception(type(fault), fault, fault.__traceback__))
    except BaseException:  # noqa: BLE001 - the exception's own __str__ or __notes__ may raise anything
        return "".join(traceback.format_tb(fault.__traceback__)) + _type_name(fault)


def _type_name(fault: BaseException) -> str:
    kind = type(fault)
    return (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else f"{kind.__module__}.{kind.__qualname__}"
    )


def _text(fault: BaseException) -> str:
    try:
        return str(fault)
    except BaseException:  # noqa: BLE001 - the user's own __str__
        return "(its text cannot be shown)"


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return f"{text[: limit // 4]}\n[... {len(text) - limit} characters left out ...]\n{text[-limit * 3 // 4 :]}"


def _hint(
    fault: BaseException,
    bases: Sequence[str],
    in_image: bool,
    needs: Mapping[str, Sequence[str]],
    others: Mapping[str, Sequence[str]],
) -> Optional[str]:
    try:
        if isinstance(fault, Ops0Error) and fault.hint:
            return fault.hint
        return (
            _own_file(fault, bases)
            or lacking_hint(_chain(fault), needs, others)
            or place_hint(_chain(fault), in_image)
        )
    except BaseException:  # noqa: BLE001 - attributes of the user's own exceptions may raise anything
        return None


def _own_file(fault: BaseException, bases: Sequence[str]) -> Optional[str]:
    """Say that a file of the user's, as ``random.py``, was imported in place of the library that was meant."""
    for one in _chain(fault):
        name, path = meant_module(one)
        if path and path.startswith(tuple(bases)) and has_other(name, path):
            return f"'{name}' is your own {_short(path, bases)}, which hides the library of that name: rename the file"
    return None
