"""Shorthands for analyses of files given as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from ops0.core.analyzer import analyse, function_facts
from ops0.core.facts import Facts
from ops0.core.locked import Target
from ops0.core.pipeline import Pipeline
from ops0.core.project_files import MemorySource
from ops0.core.requirements.values import Resolved

Files = str | Mapping[str, "str | bytes"]


@pytest.fixture
def facts() -> Callable[..., Facts]:
    """facts(files, function): of ``p.py`` if files is one text."""

    def make(
        files: Files,
        function: str = "f",
        entry: str = "p.py",
        roots: tuple[str, ...] = (".",),
        python: str = "3.11",
    ) -> Facts:
        source = MemorySource({entry: files} if isinstance(files, str) else files)
        return function_facts(source, entry, function, roots=roots, target=Target(python=python))[
            function
        ]

    return make


@pytest.fixture
def pipeline() -> Callable[..., Pipeline]:
    """pipeline(files): the analysed pipeline, with no needs named."""

    def make(
        files: Files, wanted: str | None = None, entry: str = "p.py", **more: object
    ) -> Pipeline:
        source = MemorySource({entry: files} if isinstance(files, str) else files)
        return analyse(
            source,
            entry,
            roots=(".",),
            target=Target(python="3.11"),
            resolve_needs=lambda *_: Resolved(),
            pipeline=wanted,
            **more,
        )

    return make
