"""Modules that are loaded before any code of a user runs: no file of a project comes in their place."""

from __future__ import annotations

__all__ = ["ALREADY_LOADED"]

ALREADY_LOADED = frozenset(
    {"abc", "atexit", "builtins", "codecs", "collections", "contextlib", "copyreg", "encodings", "enum", "errno",
     "faulthandler", "functools", "gc", "genericpath", "importlib", "io", "itertools", "json", "keyword", "marshal",
     "operator", "os", "posix", "posixpath", "pwd", "re", "reprlib", "signal", "site", "stat", "sys", "time", "types",
     "warnings", "zipimport"}
)  # fmt: skip
"""What every Python has built in or loads as it starts, and what the runner has imported when a step's module comes.

Not ``sys.builtin_module_names``: which more are built in (``math``, ``array``) is up to who built this host's Python.
"""
