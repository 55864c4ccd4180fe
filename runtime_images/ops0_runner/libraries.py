"""Which library a failed import wanted: one that is not there, or one that a file of the user's hides. Python 3.8.

Loaded only when something failed.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import PathFinder
from importlib.util import find_spec
from types import ModuleType

from ops0_runner.places import APART

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable, Mapping, Optional, Sequence, Tuple

_LACKS = f"pip install {{}}; {APART}"


def lacking_hint(
    faults: Iterable[BaseException],
    needs: Mapping[str, Sequence[str]],
    others: Mapping[str, Sequence[str]],
) -> Optional[str]:
    """Name all that is missing at once, for who installs one library after the other runs the pipeline for each.

    faults: an exception with its causes;  needs, others: see failure_of

    Outside of an image a file is imported whole: what others need may be missing too, or what no step needs.
    """
    import shlex  # noqa: PLC0415

    absent = {
        str(one.name).partition(".")[0]
        for one in faults
        if isinstance(one, ModuleNotFoundError) and one.name
    }
    known = {**others, **needs} if absent else needs
    tops = {need: {name.partition(".")[0] for name in names} for need, names in known.items()}
    missing = [need for need, names in tops.items() if not all(map(_is_there, names))]
    unknown = sorted(absent.difference(*tops.values()))
    also = f", and what has {', '.join(unknown)}" if unknown else ""
    wanted = " ".join(shlex.quote(_for_pip(need)) for need in missing)
    return _LACKS.format(wanted + also) if missing else None


def _for_pip(need: str) -> str:
    """A requirement as pip takes it on its command line: a folder or file of the project by its path alone."""
    from urllib.parse import unquote  # noqa: PLC0415

    _, local, place = need.partition(" @ file:")
    if not local or place.startswith("//"):
        return need
    path = unquote(place.partition(" ;")[0].strip())
    return path if path.startswith(("/", "../")) else f"./{path}"


def _is_there(name: str) -> bool:
    return name in sys.modules or find_spec(name) is not None


def meant_module(fault: BaseException) -> Tuple[str, Optional[str]]:
    """Give the module that lacks what was asked of it, and its file; of any other fault nothing."""
    module = getattr(fault, "obj", None)  # since Python 3.10
    if isinstance(fault, AttributeError) and isinstance(module, ModuleType):
        return module.__name__, getattr(module, "__file__", None)
    if isinstance(fault, ImportError):
        return fault.name or "", fault.path
    return "", None


def has_other(name: str, path: str) -> bool:
    """Tell whether a top-level module of that name is on the path, besides the one of this file."""
    if not name or "." in name:
        return False
    own = os.path.realpath(os.path.dirname(path))
    elsewhere = [one for one in sys.path if os.path.realpath(one) != own]
    found = PathFinder.find_spec(name, elsewhere)
    if found is None or not found.origin:
        return False
    return os.path.realpath(found.origin) != os.path.realpath(path)
