"""Stand-ins for distributions: modules that have every name, for exactly the imports that are allowed.

Runs in the process that proves: nothing but Python is there.
"""

from __future__ import annotations

import abc
import importlib.abc
import sys
from collections.abc import Iterable, Iterator
from importlib.machinery import ModuleSpec
from types import FunctionType, ModuleType
from typing import Any


class Poisoned(ImportError):
    """A stand-in is used by what must do without."""


_poison: list[bool] = []


def poison() -> None:
    """From now on whoever uses a stand-in fails: what has been imported may lie there, and no more than that."""
    _poison.append(True)


def _touched(name: str) -> None:
    if _poison:
        raise Poisoned(f"{name} is only stood in for")


class Anything(abc.ABCMeta):
    """A class whose attributes are such classes too, and which can stand wherever a library's object stands."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return stand_in(name)

    def __call__(cls, *given: Any, **named: Any) -> Any:
        if not cls.__dict__.get("_stands_in"):
            return super().__call__(*given, **named)  # the project's own class
        _touched(cls.__name__)
        if len(given) == 1 and not named and isinstance(given[0], (FunctionType, type)):
            return given[0]  # a decorator
        return stand_in(cls.__name__)

    def __iter__(cls) -> Iterator[Any]:
        _touched(cls.__name__)
        return iter(())

    def __enter__(cls) -> Any:
        _touched(cls.__name__)
        return cls

    def __exit__(cls, *fault: object) -> None:
        return None

    def __getitem__(cls, key: Any) -> Any:
        return stand_in(cls.__name__)

    def __setitem__(cls, key: Any, value: Any) -> None:
        """Forget it."""

    def __contains__(cls, item: Any) -> bool:
        return False

    def __len__(cls) -> int:
        return 0

    def __bool__(cls) -> bool:
        return True

    def _other(cls, *others: Any) -> Any:
        return stand_in(cls.__name__)

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = (
        _other
    )
    __or__ = __ror__ = __and__ = __rand__ = __rshift__ = __rrshift__ = __lshift__ = __rlshift__ = (
        _other
    )
    __lt__ = __le__ = __gt__ = __ge__ = __neg__ = __invert__ = __matmul__ = __pow__ = __mod__ = (
        _other
    )


def stand_in(name: str) -> Any:
    """A new stand-in."""
    _touched(name)
    return Anything(name, (), {"_stands_in": True})


class StandIn(ModuleType):
    """A module that has every name."""

    __all__: tuple[str, ...] = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        made = stand_in(name)
        setattr(self, name, made)
        return made


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds stand-ins below some dotted names, and nothing else that is no part of Python."""

    def __init__(self, allowed: Iterable[str], foreign: Iterable[str]) -> None:
        """``foreign``: names below the allowed ones that belong to other distributions."""
        self.allowed = tuple(allowed)
        self.foreign = tuple(foreign)

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if not self._is_there(name):
            return None
        spec = ModuleSpec(name, self, is_package=True)
        spec.submodule_search_locations = ["/nowhere"]
        return spec

    def _is_there(self, name: str) -> bool:
        below = max(
            (len(one) for one in self.allowed if f"{name}.".startswith(f"{one}.")), default=0
        )
        other = max(
            (len(one) for one in self.foreign if f"{name}.".startswith(f"{one}.")), default=0
        )
        above = any(one.startswith(f"{name}.") for one in self.allowed)
        return above or below > other

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """It is empty."""


def only_python() -> None:
    """Take everything that is installed off the path."""
    sys.path[:] = [
        one for one in sys.path if "site-packages" not in one and "dist-packages" not in one
    ]
