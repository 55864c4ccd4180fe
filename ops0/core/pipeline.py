"""What the analysis gives: a pipeline as one immutable value.

``files --read--> Source --analyse--> Pipeline``: steps (functions with their needs and slices), calls of
steps (the nodes of the graph) and where each call's arguments come from.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Literal, NewType, TypeAlias, Union

from ops0.core.step_options import StepOptions

StepName = NewType("StepName", str)
CallId = NewType("CallId", str)

JsonValue: TypeAlias = Union[  # noqa: UP007 - "|" cannot hold a name in quotes before 3.14
    bool, int, float, str, list["JsonValue"], dict[str, "JsonValue"], None
]

Origin = Literal["declared", "installed", "curated", "pipreqs", "rule", "unpublished"]
"""Who said which distribution provides an import, in order of trust. ``unpublished``: a rule says so, of a package
whose authors publish it on no index: no lock takes it from one unless it is declared."""


@dataclass(frozen=True, slots=True, order=True)
class Where:
    """A place in the user's source. ``path`` is POSIX and relative to the project's root; lines count from 1.

    line: in the whole text, of a notebook too;  cell: there the cell and the line in it, which is what people are told
    """

    path: str
    line: int
    cell: tuple[int, int] | None = field(default=None, compare=False)

    def __str__(self) -> str:
        if self.cell is not None:
            return f"{self.path}: cell {self.cell[0]}, line {self.cell[1]}"
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, kw_only=True, slots=True)
class CellLines:
    """Which cell of a notebook each line of its Python text comes from.

    path:   the notebook, as in Where;  starts: (line in the text, cell), sorted; cells count from 1, text cells too
    """

    path: str
    starts: tuple[tuple[int, int], ...]

    def where(self, line: int) -> Where:
        """The place of a line of the text."""
        index = bisect_right(self.starts, (line, 2**62))
        if index == 0:
            return Where(self.path, line, (self.starts[0][1], 1) if self.starts else None)
        start, number = self.starts[index - 1]
        return Where(self.path, line, (number, line - start + 1))


@dataclass(frozen=True, slots=True, order=True)
class Reason:
    """Why a step needs something: the place and the fact, as ``import pandas as pd``."""

    where: Where
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """One distribution that a step needs.

    name:        normalised (PEP 503)
    requirement: PEP 508, at least the name; carries a declared version range or extra
    imports:     dotted names that the built image must be able to import, sorted
    reasons:     never empty, sorted by place
    """

    name: str
    requirement: str
    imports: tuple[str, ...]
    reasons: tuple[Reason, ...]
    origin: Origin


@dataclass(frozen=True, kw_only=True, slots=True)
class SystemNeed:
    """One Debian package that a step needs in its image."""

    name: str
    reasons: tuple[Reason, ...]


NOT_IN_IMAGE = "so it will not be in the image"
NOT_WRITABLE = "where a container cannot write"
WHAT_IMAGES_GET = "what images get"
IN_EACH_PROCESS = "in each step's process too"
"""How a Warn ends that concerns images alone: one of these."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Warn:
    """Something the analysis could not decide or had to guess: shown, never dropped."""

    where: Where
    text: str
    hint: str | None = None

    @property
    def images(self) -> bool:
        """Whether it concerns images alone: nobody is told of it whose steps run as processes of this machine."""
        return self.text.endswith((NOT_IN_IMAGE, NOT_WRITABLE, WHAT_IMAGES_GET))

    @property
    def processes(self) -> bool:
        """Whether it concerns steps alone that run as processes of this machine: an image has only what they need."""
        return self.text.endswith(IN_EACH_PROCESS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    """A parameter of a step or pipeline. ``annotation`` is source text; ``default`` likewise (None: required)."""

    name: str
    annotation: str | None = None
    default: str | None = None
    where: Where


@dataclass(frozen=True, kw_only=True, slots=True)
class Slice:
    """What one step needs of one local module.

    module: the dotted name under which the user's code imports it; the pipeline file's own stem for the entry
    path:   the original file, relative to the project's root; also where the slice stands in the image. A notebook's
            slice is a file of its own, which can be imported: ``churn_ipynb.py``
    text:   Python source; every kept line stands on its original line number
    whole:  None, or why the module had to be kept whole
    cells:  None, or the cells that the lines come from
    """

    module: str
    path: str
    text: str
    whole: str | None = None
    cells: CellLines | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DataFile:
    """A file beside the code that a step opens by a literal name. ``path`` is relative to the project's root."""

    path: str
    reason: Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One decorated function: the unit that gets an image.

    name:     unique in the pipeline; matches [a-z0-9]([a-z0-9._-]{0,62}) once lowered
    module:   the local module that defines it, as in Slice.module
    function: its qualified name in that module
    needs:    sorted by name;   slices: sorted by path;   roots: import roots, relative to the project's root
    native_code: why what it unpacks or compiles itself can be run in its container; (): it cannot
    open_inputs: parameters that another step fills with something that cannot be told
    folder:   where it runs, relative to the project's root: the pipeline file's own folder for a notebook, and where
              data files stand beside the file
    """

    name: StepName
    module: str
    function: str
    where: Where
    parameters: tuple[Parameter, ...]
    returns: str | None
    output: str | None
    options: StepOptions
    needs: tuple[Need, ...]
    system: tuple[SystemNeed, ...]
    slices: tuple[Slice, ...]
    data: tuple[DataFile, ...]
    roots: tuple[str, ...]
    native_code: tuple[Reason, ...] = ()
    open_inputs: tuple[str, ...] = ()
    folder: str = "."
    warnings: tuple[Warn, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class FromCall:
    """An argument that is another call's result, or the ``item``-th of it (``train, test = split(rows)``).

    rule: why the edge is there, in words
    """

    call: CallId
    rule: str
    item: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FromCalls:
    """An argument that is the list of what the items of a mapped call gave. Only in a pipeline that is spread.

    call:  the mapped call;  calls: the calls that it was spread into, in the order of the list
    """

    call: CallId
    calls: tuple[CallId, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class FromParam:
    """An argument given when the run starts. ``default`` is JSON; ``required`` where there is none."""

    param: str
    required: bool
    default: JsonValue = None
    annotation: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FromConstant:
    """An argument written in the pipeline itself, as JSON."""

    value: JsonValue


Part = FromCall | FromCalls | FromParam | FromConstant


@dataclass(frozen=True, kw_only=True, slots=True)
class FromParts:
    """An argument put together of others, as ``compare([a, b])`` or ``compare({"eu": a})``.

    parts: what it is made of
    shape: how, as JSON, by the grammar of ``ops0.core.values.shape``
    """

    parts: tuple[Part, ...]
    shape: JsonValue


Input = Part | FromParts


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One node of the graph: a step called with its arguments. A step called twice is two calls, one image.

    id:     the step's name, with what a loop gave it (``load-eu``), then ``name-2`` and so on
    inputs: (parameter, source) in the order of the step's parameters; left-out ones use the step's own default
    each:   of a mapped call, ``step.map(xs)``, the parameters that get one item of their source: when the run knows how
            many there are, a call for each takes its place (ops0.core.graphs.spreading), and its value is their list
    """

    id: CallId
    step: StepName
    inputs: tuple[tuple[str, Input], ...]
    where: Where
    each: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Pipeline:
    """The whole thing.

    name:    lower case, fit for an image name
    entry:   the pipeline file, relative to the project's root
    calls:   in an order in which they could run
    results: the calls whose values the run gives back; their keys are the call ids
    """

    name: str
    entry: str
    steps: tuple[Step, ...]
    calls: tuple[Call, ...]
    results: tuple[CallId, ...]
    explicit: bool

    def step(self, name: StepName) -> Step:
        """The step of that name. Raises KeyError."""
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)
