"""Running a project that is given as text, in this process, in modules of its own."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
import random
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType

Files = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What ``p.f()`` gives. ``failed`` is the import that raised, which no valid project does.

    frames: (file, line, function) of a traceback in the project's files
    """

    failed: str = ""
    value: str = ""
    error: str = ""
    frames: tuple[tuple[str, int, str], ...] = ()


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds modules in a mapping of paths to texts."""

    def __init__(self, files: Files) -> None:
        self.files = files
        folders = {
            "/".join(path.split("/")[:depth])
            for path in files
            for depth in range(1, path.count("/") + 1)
        }
        self.tops = {path.split("/")[0].removesuffix(".py") for path in files}
        self.folders = folders

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        stem = name.replace(".", "/")
        for file, package in ((f"{stem}/__init__.py", True), (f"{stem}.py", False)):
            if file in self.files:
                spec = importlib.util.spec_from_loader(name, self, origin=file, is_package=package)
                assert spec is not None
                spec.loader_state = file
                return spec
        if stem in self.folders:
            spec = ModuleSpec(name, None, is_package=True)
            spec.submodule_search_locations = []
            return spec
        return None

    def exec_module(self, module: ModuleType) -> None:
        assert module.__spec__ is not None
        exec(compiled(module.__spec__.loader_state, self.files), module.__dict__)


def compiled(path: str, files: Files) -> CodeType:
    """One file's code; its tracebacks name the path."""
    return compile(files[path], path, "exec", dont_inherit=True)


@contextmanager
def _importable(files: Files) -> Iterator[None]:
    finder = _Finder(files)
    limit = sys.getrecursionlimit()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
        sys.meta_path.remove(finder)
        for name in [one for one in sys.modules if one.partition(".")[0] in finder.tops]:
            del sys.modules[name]


def outcome(files: Files, entry: str = "p", function: str = "f") -> Outcome:
    """Import a project's module and call its function."""
    random.seed(0)
    with _importable(files):
        try:
            module = importlib.import_module(entry)
            called = getattr(module, function)
        except Exception as fault:
            return Outcome(failed=f"{type(fault).__name__}: {fault}")
        try:
            return Outcome(value=repr(called()))
        except RecursionError:
            return Outcome(error="RecursionError")  # where it ends depends on how deep it began
        except Exception as fault:
            frames = tuple(
                (one.filename, one.lineno or 0, one.name)
                for one in traceback.extract_tb(fault.__traceback__)
                if one.filename in files
            )
            return Outcome(error=f"{type(fault).__name__}: {fault}", frames=frames)
