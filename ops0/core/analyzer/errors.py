"""What can be wrong with the user's source. Exit codes 10, 11, 15, 18 and 19; the requirements use the others."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from ops0.core.analyzer.syntax.newer import newer_python
from ops0.core.errors import AnalysisError, InvalidPipelineError
from ops0.core.near import did_you_mean, nearest
from ops0.core.pipeline import Where

__all__ = [
    "BadDecorator",
    "BadStepName",
    "CallArgumentsWrong",
    "DuplicateStepName",
    "LocalModuleMissing",
    "NeedsKernel",
    "NoSteps",
    "PipelineBody",
    "SourceMissing",
    "SourceSyntax",
    "SourceTooDeep",
    "SourceUnreadable",
    "StepShape",
    "UnknownFunction",
    "UnknownPipeline",
    "UnknownStep",
]


class SourceMissing(AnalysisError):
    """The file that was asked for is not there."""

    def __init__(self, path: str, beside: Iterable[str]) -> None:
        """``beside``: the files of that kind in the same folder, by their paths."""
        names = {one.rpartition("/")[2]: one for one in beside}  # folders make all alike
        name = path.rpartition("/")[2]
        whole = [one for one in names if one.rpartition(".")[0] == name]
        near = nearest(name, whole or names, close=0.5 if whole else 0.8)  # all end alike
        meant = "".join(f"did you mean '{names[one]}'?" for one in near)
        super().__init__(
            f"{path}: no such file", meant or "give the path of a Python file or a notebook"
        )
        self.path = path


class SourceUnreadable(AnalysisError):
    """The file is there but its bytes are no Python source."""

    def __init__(self, path: str, fact: str, hint: str = "save the file as UTF-8 text") -> None:
        super().__init__(f"{path}: {fact}", hint)
        self.path, self.fact = path, fact


class SourceTooDeep(AnalysisError):
    """Expressions or blocks are nested deeper than an analysis can follow."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"{path}: the code is nested too deeply to be analysed",
            "split the expression, or keep generated data in a data file",
        )
        self.path = path


class LocalModuleMissing(AnalysisError):
    """A relative import, or a name imported from a local module, leads nowhere."""

    def __init__(self, where: Where, text: str) -> None:
        super().__init__(
            f"{where}: `{text}` leads to no file of this project",
            "check the name; relative imports need their package below an import root",
        )
        self.where, self.text = where, text


_PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"


class SourceSyntax(AnalysisError):
    """The parser refuses the file."""

    exit_code = 11

    def __init__(self, where: Where, fact: str, line: str | None, hint: str | None = None) -> None:
        shown = f": {line.strip()[:80]}" if line and line.strip() else ""
        newer = newer_python(line or "", sys.version_info[:2])
        usual = f"fix the syntax error: `python -m py_compile {where.path}` shows it too"
        if newer is not None:
            usual = (
                f"so Python {newer} and newer are written: ops0 runs on {_PYTHON} here, and reads what that reads; "
                "install it on the newer one"
            )
            hint = None
        super().__init__(f"{where}: {fact}{shown}", hint or usual)
        self.where, self.fact = where, fact


class NeedsKernel(AnalysisError):
    """A step reaches a line of a notebook that does nothing, or something else, where there is no kernel."""

    def __init__(self, where: Where, step: str, fact: str, hint: str | None) -> None:
        super().__init__(f"{where}: {fact}, and Step '{step}' reaches it", hint)
        self.where, self.step, self.fact = where, step, fact


class StepShape(InvalidPipelineError):
    """A step that cannot run by itself: ``async``, a generator of parameters, a method."""

    def __init__(self, where: Where, name: str, fact: str, hint: str) -> None:
        super().__init__(f"{where}: Step '{name}' {fact}", hint)
        self.where, self.name = where, name


class BadStepName(InvalidPipelineError):
    """A name that no image and no lock file could carry."""

    def __init__(self, where: Where, kind: str, name: str) -> None:
        super().__init__(
            f"{where}: {kind} name {name!r} cannot name an image",
            f"use letters, digits, '.', '_' and '-', a letter or digit first, 63 at most: "
            f'@ops0.{kind.lower()}(name="...")',
        )
        self.where, self.name = where, name


class DuplicateStepName(InvalidPipelineError):
    """Two steps of one pipeline share a name."""

    def __init__(self, where: Where, name: str, first: Where) -> None:
        super().__init__(
            f"{where}: a second step is named '{name}'; the first is at {first}",
            "rename one, or say @ops0.step(name=...)",
        )
        self.where, self.name, self.first = where, name, first


_FOREIGN = {
    "ArgumentParser": "take the options as arguments of the pipeline function, and give them with --param NAME=VALUE",
    "map": "for a call for each item write results = step.map(items)",
    "print": "a pipeline is read before it runs: print inside a step, or leave it out",
}
"""What scripts call in their main function -> what a pipeline has for it."""


class UnknownStep(InvalidPipelineError):
    """A pipeline calls something that is no step."""

    def __init__(self, where: Where, name: str, steps: Iterable[str], *, own: bool) -> None:
        """Tell where. ``own``: it is a function of the project;  ``steps``: what may have been meant."""
        steps = tuple(steps)
        hint = _FOREIGN.get(name.rpartition(".")[2]) or did_you_mean(name, steps)
        if own:
            hint = (
                "decorate it: with @ops0.step, or with @ops0.pipeline if all it does is call steps"
            )
        hint = hint or "call it inside a step"
        super().__init__(f"{where}: '{name}' is called in a pipeline but is no step", hint)
        self.where, self.name, self.steps = where, name, steps


class CallArgumentsWrong(InvalidPipelineError):
    """A step or pipeline is called with arguments that do not fit its parameters. ``kind``: which of them."""

    def __init__(
        self, where: Where, kind: str, name: str, fact: str, parameters: Iterable[str]
    ) -> None:
        known = ", ".join(parameters) or "none"
        super().__init__(f"{where}: {kind} '{name}' {fact}", f"its parameters: {known}")
        self.where, self.name, self.fact = where, name, fact


class PipelineBody(InvalidPipelineError):
    """A pipeline function holds something other than calls of steps."""

    def __init__(self, where: Where, fact: str, hint: str | None = None) -> None:
        super().__init__(
            f"{where}: {fact}",
            hint
            or "a pipeline only joins steps: calls, assignments and one return; move the rest into a step",
        )
        self.where, self.fact = where, fact


class BadDecorator(AnalysisError):
    """An ops0 decorator that cannot be read without running the code, or says something impossible."""

    exit_code = 18

    def __init__(self, where: Where, decorator: str, fact: str, hint: str | None = None) -> None:
        super().__init__(f"{where}: @ops0.{decorator}: {fact}", hint)
        self.where, self.fact = where, fact


class NoSteps(AnalysisError):
    """There is nothing to run in the file."""

    exit_code = 19

    def __init__(self, path: str) -> None:
        super().__init__(f"{path}: no steps", "put @ops0.step above the functions that should run")
        self.path = path


class UnknownPipeline(AnalysisError):
    """The file has no pipeline of that name."""

    exit_code = 19

    def __init__(self, path: str, name: str, known: Iterable[str], *, is_step: bool) -> None:
        known = tuple(known)
        fact = (
            f"'{name}' is a step, not a pipeline" if is_step else f"no pipeline is named '{name}'"
        )
        super().__init__(
            f"{path}: {fact}",
            did_you_mean(name, known, f"pipelines in this file: {', '.join(known) or 'none'}"),
        )
        self.path, self.name, self.known = path, name, known


class UnknownFunction(AnalysisError):
    """The file has no function of that name."""

    exit_code = 19

    def __init__(self, path: str, name: str, known: Iterable[str]) -> None:
        known = tuple(known)
        listed = ", ".join(sorted(known)[:10]) or "none"
        super().__init__(
            f"{path}: no function is named '{name}'",
            did_you_mean(name, known, f"functions in this file: {listed}"),
        )
        self.path, self.name, self.known = path, name, known
