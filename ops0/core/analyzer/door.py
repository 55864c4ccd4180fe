"""PipelineAnalyzer: one live function looked at by hand, in a console or a test."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from ops0.core.analyzer.any_function import function_facts
from ops0.core.analyzer.errors import SourceUnreadable
from ops0.core.analyzer.project.modules import Project
from ops0.core.analyzer.reach.functions import functions_of
from ops0.core.facts import Facts
from ops0.core.locked import Target
from ops0.core.project_files import MemorySource

__all__ = ["PipelineAnalyzer", "StepMetadata"]


@dataclass(frozen=True, kw_only=True, slots=True)
class StepMetadata:
    """What is known of a function.

    signature:    the live one;  dependencies: dotted modules outside the standard library, sorted
    source_code:  the syntax tree of its definition
    """

    name: str
    signature: inspect.Signature
    dependencies: tuple[str, ...]
    source_code: ast.Module


@dataclass(frozen=True, kw_only=True, slots=True)
class PipelineAnalyzer:
    """Looks at functions. ``python``: the Python whose standard library counts, as ``3.11``."""

    python: str = "3.11"

    def analyze_function(self, func: Callable[..., Any]) -> StepMetadata:
        """Read a function's own file as far as the function reaches into it; other files are not followed.

        raises: SourceUnreadable where Python has no source for it, and what parsing raises
        """
        live = inspect.unwrap(func)
        try:
            text = inspect.getsource(live)
            module_text = inspect.getsource(inspect.getmodule(live) or live)
        except (OSError, TypeError) as fault:
            name = getattr(live, "__qualname__", repr(live))
            raise SourceUnreadable(
                name, f"no source: {fault}", "define the function in a file or a cell"
            ) from None
        name = live.__qualname__.replace(".<locals>", "")
        return StepMetadata(
            name=live.__name__,
            signature=inspect.signature(live),
            dependencies=self._dependencies(module_text, text, name, live.__module__),
            source_code=ast.parse(textwrap.dedent(text)),
        )

    def _dependencies(self, module_text: str, text: str, name: str, module: str) -> tuple[str, ...]:
        path = f"{PurePath(module.replace('.', '/')).name or 'module'}.py"
        target = Target(python=self.python)
        source = MemorySource({path: module_text})
        if name not in functions_of(Project(source, (".",), target).module(path)):
            # A function made by exec or in a cell: its own text is all there is.
            source, name = MemorySource({path: textwrap.dedent(text)}), name.rpartition(".")[2]
        facts: Facts = function_facts(source, path, name, roots=(".",), target=target)[name]
        return tuple(sorted({one.module for one in facts.imports}))
