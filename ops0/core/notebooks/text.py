"""A notebook as one Python text: its code cells below each other, line for line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from ops0.core.notebooks.document import Cell, code_cells
from ops0.core.notebooks.lines import Line, logical_lines
from ops0.core.notebooks.magics import (
    Told,
    assigned_line,
    cell_magic,
    kernel_line,
    other_cell,
    written_file,
)
from ops0.core.notebooks.shell import Installs
from ops0.core.pipeline import CellLines, Warn, Where

__all__ = ["FIRST_LINE", "CellText", "KernelLine", "NotebookText", "WrittenModule", "read_notebook"]

FIRST_LINE = 2
"""Where the first cell starts. The line above is for ``from __future__`` imports, which a module must begin with."""

_INDENT = re.compile(r"[ \t\f]*")
_PROMPT = re.compile(r"(?:>>>|\.\.\.)(?: |(?=\n))")
_AUTOMAGIC = re.compile(
    r"[ \t]*(?:pip3?|conda|mamba|uv)[ \t]+(?:install|add|pip[ \t]+install)[ \t]"
)


@dataclass(frozen=True, slots=True)
class CellText:
    """One cell as Python. ``first``: where it starts in the whole text; ``text``: each line with its end."""

    number: int
    first: int
    text: str


@dataclass(frozen=True, slots=True)
class KernelLine:
    """A line that does something else in a step than in the notebook. ``text``: as written, shortened."""

    line: int
    remark: Warn


@dataclass(frozen=True, slots=True)
class WrittenModule:
    """What a cell writes into a file. ``places``: which cell its lines are in."""

    text: str
    places: CellLines


@dataclass(frozen=True, kw_only=True, slots=True)
class NotebookText:
    """A notebook, read.

    cells:    those with Python
    places:   which cell each line of the text is in
    installs: what install lines declare, with their places
    remarks:  what is not done that the notebook does, sorted by place
    missing:  the lines that a step must not reach
    written:  the modules that ``%%writefile`` cells write beside the notebook, by file name
    """

    path: str
    cells: tuple[CellText, ...]
    places: CellLines
    installs: tuple[tuple[Where, Installs], ...] = ()
    remarks: tuple[Warn, ...] = ()
    missing: tuple[KernelLine, ...] = ()
    written: tuple[tuple[str, WrittenModule], ...] = ()


# Asked for by the analysis and by the requirements; its key is the whole file.
@lru_cache(maxsize=1)
def read_notebook(path: str, data: bytes) -> NotebookText:
    """Read a notebook. Raises NotebookUnreadable."""
    cells = code_cells(path, data)
    starts: list[tuple[int, int]] = []
    first = FIRST_LINE
    for cell in cells:
        starts.append((first, cell.number))
        first += len(_lines(cell.text))
    reading = _Reading(path, CellLines(path=path, starts=tuple(starts)))
    texts = tuple(
        CellText(cell.number, start, reading.cell(cell, start))
        for cell, (start, _) in zip(cells, starts, strict=True)
    )
    return NotebookText(
        path=path,
        cells=texts,
        places=reading.places,
        installs=tuple(reading.installs),
        remarks=tuple(reading.remarks),
        missing=tuple(reading.missing),
        written=tuple(reading.written.items()),
    )


@dataclass
class _Reading:
    """What has been read so far."""

    path: str
    places: CellLines
    installs: list[tuple[Where, Installs]] = field(default_factory=list)
    remarks: list[Warn] = field(default_factory=list)
    missing: list[KernelLine] = field(default_factory=list)
    written: dict[str, WrittenModule] = field(default_factory=dict)

    def cell(self, cell: Cell, first: int) -> str:
        """The Python of one cell, with as many lines as the cell has."""
        lines = _lines(cell.text)
        if cell.language is not None and cell.language.lower() not in ("python", "ipython"):
            self.take(other_cell(cell.language, cell.text), first)
            return "\n" * len(lines)
        written: list[str] = []
        while len(written) < len(lines):
            line = lines[len(written)]
            magic = cell_magic(line)
            if magic is None and line.strip():
                break
            if magic is not None:
                self.take(magic.told, first + len(written))
                if not magic.is_python:
                    body = "".join(lines[len(written) + 1 :])
                    if (file := written_file(line)) is not None:
                        places = CellLines(path=self.path, starts=((-len(written), cell.number),))
                        self.written[file] = WrittenModule(body, places)
                        return "\n" * len(lines)
                    self.take(other_cell(magic.name, body), first + len(written))
                    return "\n" * len(lines)
            written.append("\n" if magic is None else f"{magic.told.code}\n")
        rest = "".join(_bare(lines[len(written) :]))
        start = first + len(written)
        return "".join(written) + "".join(self.python(one, start) for one in logical_lines(rest))

    def python(self, line: Line, start: int) -> str:
        """One logical line as Python, with as many physical lines. ``start``: of the cell's rest, in the text."""
        told, indent = _told(line)
        if told is None:
            return line.text
        self.take(told, start + line.number - 1)
        return f"{indent}{told.code}" + "\n" * line.text.count("\n")

    def take(self, told: Told, line: int) -> None:
        """Note what a kernel's line declares and what is to be said of it."""
        where = self.places.where(line)
        if told.installs.requirements or told.installs.files:
            self.installs.append((where, told.installs))
        warnings = [Warn(where=where, text=text, hint=hint) for text, hint in told.remarks]
        self.remarks += warnings
        if told.missing and warnings:
            self.missing.append(KernelLine(line, warnings[-1]))


def _told(line: Line) -> tuple[Told | None, str]:
    """What a logical line means if it is a kernel's, and its indentation."""
    indent = (_INDENT.match(line.text) or [""])[0]
    if not line.escaped:
        if line.code.rstrip("; ").endswith("?"):
            return Told(), indent
        automagic = _AUTOMAGIC.match(line.text)
        return (kernel_line(f"%{line.code}") if automagic else None), indent
    if line.code[0] in "%!?,;/":
        return kernel_line(line.code), indent
    target, _, command = line.code.partition("=")
    return assigned_line(target.strip(), command.strip()), indent


def _lines(text: str) -> list[str]:
    """The lines of a cell, each with its end; at least one, so that no two cells start on the same line."""
    return [f"{line}\n" for line in text.removesuffix("\n").split("\n")]


def _bare(lines: list[str]) -> Iterator[str]:
    """A cell as pasted from a function or a console, without what stands before its first line: blanks, prompts."""
    first = next((line for line in lines if line.strip()), "")
    indent = (_INDENT.match(first) or [""])[0]
    prompts = _PROMPT.match(first, len(indent)) is not None and first[len(indent)] == ">"
    for line in lines:
        bare = line.removeprefix(indent)
        prompt = _PROMPT.match(bare) if prompts else None
        yield bare[prompt.end() :] if prompt else bare
