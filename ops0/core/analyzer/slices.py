"""The text of a slice: kept statements as they are written, on their own lines; blank lines for the rest."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ops0.core.analyzer.effects.kept_sets import kept_of
from ops0.core.analyzer.errors import SourceTooDeep
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.reach.methods import resting
from ops0.core.analyzer.reach.reach import Reach
from ops0.core.analyzer.syntax.model import FUNCTIONS, Imported, Unit
from ops0.core.pipeline import Slice

__all__ = ["slices"]

_ELSE = re.compile(rb"[ \t\f]*else[ \t\f]*:")
_LEFT_OUT = "ops0 left {0} out of this step, where nothing says its name. To have it, write `{0}` in the step"
_NOTHING_MORE = re.compile(rb"[ \t\f]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|\Z)")


def slices(reach: Reach) -> tuple[Slice, ...]:
    """The slices of all modules that are reached, sorted by path.

    An import statement is reduced to the names that are used. The text of a slice has been parsed, unless it is whole
    statements of the module on lines of their own, which can be read as they could before.
    """
    found = (_slice(reach, module) for module in reach.modules())
    return tuple(sorted(found, key=lambda one: one.path))


def _slice(reach: Reach, module: Module) -> Slice:
    """The slice of one module. Steps that keep the same of it share one value, made and proved once."""
    key = _key(reach, module)
    known = module.memory.slices
    if key not in known:
        known[key] = _made(reach, module)
    return known[key]


def _key(reach: Reach, module: Module) -> object:
    """All that decides a slice beside its module."""
    path = module.path
    taken = frozenset(reach.taken.get(path, ()))
    return kept_of(reach, module), taken, _why(reach, module), path in reach.scripts


def _why(reach: Reach, module: Module) -> str | None:
    """What people are told of why a module is kept whole; None where it is not."""
    return reach.whole[module.path][1] if module.path in reach.whole else None


def _made(reach: Reach, module: Module) -> Slice:
    kept = reach.kept[module.path]
    page = _Page(reach, module, kept)
    if kept:
        page.children(None, "body")
    text = page.text()
    if module.path in reach.scripts:
        # What runs as a program is there as it is written.
        text = b"".join(module.parsed.lines).decode()
    if not page.plain:
        _verify(module, text)
    return Slice(
        module=module.name,
        path=module.file,
        text=text,
        whole=_why(reach, module),
        cells=module.parsed.cells,
    )


def _verify(module: Module, text: str) -> None:
    """A slice that cannot be read back is a fault of ops0 and must not reach an image."""
    try:
        ast.parse(text)
    except (RecursionError, MemoryError):
        raise SourceTooDeep(module.path) from None


@dataclass
class _Page:
    """A file being written: one entry a line, empty until something kept stands there.

    plain: nothing has been written but statements at the top of the module, each with all of its lines to itself, and
           imports with some of their names
    taken: what is used of each import statement, by its index. See Taken
    """

    reach: Reach
    module: Module
    kept: set[int]
    lines: dict[int, bytes] = field(default_factory=dict)
    plain: bool = True

    @cached_property
    def taken(self) -> Mapping[int, Sequence[Imported | str | None]]:
        found: dict[int, list[Imported | str | None]] = {}
        for index, what in self.reach.taken.get(self.module.path, ()):
            found.setdefault(index, []).append(what)
        return found

    def text(self) -> str:
        if not self.lines:
            return ""
        page = [b"\n"] * max(self.lines)
        for number, line in self.lines.items():
            page[number - 1] = line
        return b"".join(page).decode()

    def children(self, parent: int | None, branch: str) -> bool:
        """Write the kept units of one block; says whether there was any."""
        written = False
        for unit in _inside(self.module).get((parent, branch), ()):
            if self.stands(unit):
                self.unit(unit)
                written = True
        return written

    def stands(self, unit: Unit) -> bool:
        """Whether something of a unit is written: it itself, or what is loose in its block."""
        return unit.index in self.kept or _is_future(unit) or self.is_hollow(unit)

    def is_hollow(self, unit: Unit) -> bool:
        """Whether of a block only loose functions are kept."""
        if not isinstance(unit.node, ast.With) or unit.index in self.kept:
            return False
        inside = _inside(self.module).get((unit.index, "body"), ())
        return any(one.loose and one.index in self.kept for one in inside)

    def unit(self, unit: Unit) -> None:
        if unit.kind == "block":
            self.block(unit)
            return
        if unit.kind == "import" and not _is_future(unit):
            reduced = self.reduced_import(unit)
            if reduced is not None:
                self.put(unit.node.lineno, reduced.encode(), self.indent(unit))
                return
        self.copy(unit.node, self.indent(unit))
        for method in resting(self.module, unit, self.kept):
            self.put_to_rest(unit, method)

    def put_to_rest(self, owner: Unit, method: Unit) -> None:
        """Say in place of a method's body that it is left out, should somebody call it after all."""
        node, name = method.node, getattr(owner.node, "name", "")
        assert isinstance(node, FUNCTIONS)  # noqa: S101 - what methods are
        first = node.body[0]
        self.plain = False
        start = self.module.parsed.lines[first.lineno - 1][: first.col_offset]
        said = _LEFT_OUT.format(f"{name}.{node.name}")
        self.lines[first.lineno] = start + f"raise RuntimeError({said!r})\n".encode()
        for number in range(first.lineno + 1, (node.end_lineno or first.lineno) + 1):
            self.lines[number] = b"\n"

    def block(self, unit: Unit) -> None:
        """A header with the kept part of its body; ``pass`` where nothing of a part that must stand is kept."""
        node = unit.node
        assert isinstance(node, (ast.If, ast.With))  # noqa: S101 - the only blocks that are opened
        first = node.body[0]
        self.plain = False
        if self.is_hollow(unit):
            self.put(node.lineno, b"if True:", self.indent(unit))
        else:
            self.copy_lines(node.lineno, _first_line(self.module.parsed.lines, first) - 1)
        if not self.children(unit.index, "body"):
            self.put(first.lineno, b"pass", self.column(first))
        orelse = node.orelse if isinstance(node, ast.If) else []
        if orelse and self.keeps_else(unit.index):
            self.else_line(node.body[-1], orelse[0])
            self.children(unit.index, "orelse")

    def keeps_else(self, parent: int) -> bool:
        inside = _inside(self.module).get((parent, "orelse"), ())
        return any(unit.index in self.kept for unit in inside)

    def else_line(self, before: ast.stmt, after: ast.stmt) -> None:
        """The ``else:`` between two statements; an ``elif`` has none."""
        for number in range((before.end_lineno or before.lineno) + 1, after.lineno):
            line = self.module.parsed.lines[number - 1]
            if _ELSE.match(line):
                self.lines[number] = line
                return

    def reduced_import(self, unit: Unit) -> str | None:
        """The import with its used names only; None where all are used and the text can stay."""
        taken = self.taken.get(unit.index, ())
        used = {what for what in taken if isinstance(what, Imported)}
        stars = {what for what in taken if isinstance(what, str)}
        if stars and self.module.path not in self.reach.whole:
            one = unit.imports[0]
            self.plain = False  # the names may come from texts
            return _import_text(unit.node, [(name, name) for name in sorted(stars)], one)
        if not used and None in taken:
            # For what the module does: none of its names is there to be bound, but every module has this one.
            return _import_text(unit.node, [("__name__", "_executed")], unit.imports[0])
        if len(used) == len(unit.imports) or not used:
            return None
        names = [(one.name or one.module, one.bound) for one in unit.imports if one in used]
        return _import_text(unit.node, names, unit.imports[0])

    # placing

    def indent(self, unit: Unit) -> bytes:
        """What stands before the block's statements: nothing at the top."""
        if unit.parent is None:
            return b""
        parent = self.module.units[unit.parent].node
        body: Sequence[ast.stmt] = getattr(parent, unit.branch)
        return self.column(body[0])

    def column(self, node: ast.stmt) -> bytes:
        line = self.module.parsed.lines[node.lineno - 1]
        return line[: len(line) - len(line.lstrip(b" \t\f"))]

    def put(self, number: int, text: bytes, indent: bytes) -> None:
        """Write to a line; after a statement that stands there already, with ``;``."""
        there = self.lines.get(number)
        self.plain &= there is None and not indent
        self.lines[number] = (there.rstrip(b"\r\n") + b"; " if there else indent) + text + b"\n"

    def copy(self, node: ast.stmt, indent: bytes) -> None:
        """Copy one statement as it is written, with a comment at its end but not its neighbours on the line."""
        source = self.module.parsed.lines
        first, last = _first_line(source, node), node.end_lineno or node.lineno
        start = node.col_offset if first == node.lineno else len(indent)
        segment = [source[number - 1] for number in range(first, last + 1)]
        end = node.end_col_offset or 0
        tail = segment[-1][end:]
        segment[-1] = segment[-1][:end]
        segment[0] = segment[0][start:]
        ending = tail if _NOTHING_MORE.fullmatch(tail) else b"\n"
        there = self.lines.get(first)
        self.plain &= there is None and not start and not indent and ending is tail
        segment[0] = (there.rstrip(b"\r\n") + b"; " if there else indent) + segment[0]
        segment[-1] += ending or b"\n"
        for offset, line in enumerate(segment):
            self.lines[first + offset] = line

    def copy_lines(self, first: int, last: int) -> None:
        for number in range(first, last + 1):
            self.lines[number] = self.module.parsed.lines[number - 1]


def _inside(module: Module) -> Mapping[tuple[int | None, str], Sequence[Unit]]:
    """The units that stand in each part of each block, and at the top: found once."""

    def find() -> Mapping[tuple[int | None, str], Sequence[Unit]]:
        found: dict[tuple[int | None, str], list[Unit]] = {}
        for unit in module.units:
            found.setdefault((unit.parent, unit.branch), []).append(unit)
        return found

    return module.memory.once("inside", find)


def _first_line(lines: Sequence[bytes], node: ast.stmt) -> int:
    """The line of a statement, or of its first decorator's ``@``."""
    decorators: Iterable[ast.expr] = getattr(node, "decorator_list", ())
    number = min((one.lineno for one in decorators), default=node.lineno)
    if number != node.lineno or decorators:
        while number > 1 and not lines[number - 1].lstrip(b" \t\f").startswith(b"@"):
            number -= 1
    return number


def _is_future(unit: Unit) -> bool:
    return bool(unit.imports) and any(one.module == "__future__" for one in unit.imports)


def _import_text(node: ast.stmt, names: Sequence[tuple[str, str]], one: Imported) -> str:
    listed = ", ".join(
        name
        if bound in (name, name.partition(".")[0] if isinstance(node, ast.Import) else name)
        else f"{name} as {bound}"
        for name, bound in names
    )
    start = f"from {'.' * one.level}{one.module} " if isinstance(node, ast.ImportFrom) else ""
    return f"{start}import {listed}"
