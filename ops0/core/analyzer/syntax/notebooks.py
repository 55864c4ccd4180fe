"""A notebook as one parsed module: its cells' trees below each other, and what no module may hold taken out."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Callable, Iterator

from ops0.core.analyzer.errors import SourceUnreadable
from ops0.core.analyzer.syntax.parse import LARGEST_FILE, Parsed, split_lines, syntax_tree
from ops0.core.analyzer.syntax.walking import children
from ops0.core.notebooks.text import FIRST_LINE, CellText, KernelLine, NotebookText, read_notebook
from ops0.core.pipeline import CellLines, Warn

__all__ = ["module_file", "parse_notebook"]

_HINT = "fix the cell; running it in the notebook shows the same error"
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_HOLDERS = (ast.ExceptHandler, ast.match_case)


def parse_notebook(path: str, data: bytes) -> Parsed:
    """Parse a notebook: each cell by itself, so that a bracket left open in one spoils no other.

    raises: NotebookUnreadable, SourceUnreadable, SourceSyntax, SourceTooDeep
    """
    book = read_notebook(path, data)
    body: list[ast.stmt] = []
    text = [""]
    for cell in book.cells:
        text.append(cell.text)
        body += _statements(book, cell)
    header, body = _future_first(body)
    text[0] = header + "\n" * (FIRST_LINE - 1)
    whole = "".join(text)
    if len(whole) > LARGEST_FILE:
        fact = f"{len(whole)} characters are more than the cells of a notebook may have ({LARGEST_FILE})"
        raise SourceUnreadable(path, fact, "keep data in a data file and open it in the step")
    tree = ast.Module(body=body, type_ignores=[])
    awaiting = tuple(_awaiting(tree, book.places))
    return Parsed(
        path,
        tree,
        split_lines(whole),
        cells=book.places,
        missing=tuple(sorted((*book.missing, *awaiting), key=lambda one: one.line)),
        written=book.written,
    )


def module_file(path: str, is_taken: Callable[[str], bool]) -> str:
    """Where the slice of a notebook stands: ``churn.ipynb`` as ``churn_ipynb.py``, beside it.

    Not as ``churn.py``, which is often the name of the very module that the notebook imports.
    is_taken: whether a module of that path, without ``.py``, is there
    """
    folder, name = posixpath.split(path)
    stem = re.sub(r"\W", "_", name.removesuffix(".ipynb"), flags=re.ASCII)
    stem = posixpath.join(folder, f"{'_' if stem[:1].isdigit() else ''}{stem}_ipynb")
    while is_taken(stem):
        stem += "_"
    return f"{stem}.py"


def _statements(book: NotebookText, cell: CellText) -> list[ast.stmt]:
    """The statements of a cell on their lines in the whole text."""
    tree = syntax_tree(
        cell.text, book.path, lambda line: book.places.where(cell.first + line - 1), _HINT
    )
    ast.increment_lineno(tree, cell.first - 1)
    return tree.body


def _future_first(body: list[ast.stmt]) -> tuple[str, list[ast.stmt]]:
    """What the cells import from ``__future__``, as the first line: a module may have it nowhere else."""
    late = [one for one in body if isinstance(one, ast.ImportFrom) and one.module == "__future__"]
    if not late:
        return "", body
    names = sorted({alias.name for one in late for alias in one.names})
    header = f"from __future__ import {', '.join(names)}"
    rest = [one for one in body if one not in late]
    return header, [*ast.parse(header).body, *rest]


def _awaiting(tree: ast.Module, places: CellLines) -> Iterator[KernelLine]:
    """The statements that await at the top of a cell: a module cannot.

    One that is nothing but that, ``await main()``, becomes ``pass``: it binds nothing that a step could need.
    """
    fact = "`await` outside of a function works only in a notebook"
    hint = "call asyncio.run(...) inside the step that needs the value"
    for block, index in _statements_of(tree):
        node = block[index]
        if _awaits(node):
            yield KernelLine(
                node.lineno, Warn(where=places.where(node.lineno), text=fact, hint=hint)
            )
            if isinstance(node, ast.Expr):
                block[index] = ast.copy_location(ast.Pass(), node)


def _statements_of(holder: ast.AST) -> Iterator[tuple[list[ast.stmt], int]]:
    """Every statement outside of functions and classes, with the block it stands in, outer before inner."""
    todo = [holder]
    while todo:
        one = todo.pop()
        for name in ("body", "orelse", "finalbody"):
            block = getattr(one, name, None)
            if not isinstance(block, list):
                continue
            for index, node in enumerate(block):
                yield block, index
                if not isinstance(node, (*_SCOPES, ast.ClassDef)):
                    todo.append(node)
        todo += (*getattr(one, "handlers", ()), *getattr(one, "cases", ()))


def _awaits(node: ast.stmt) -> bool:
    """Whether a statement itself awaits: not in one that it holds, nor in a function that it defines."""
    todo: list[ast.AST] = [node]
    while todo:
        one = todo.pop()
        if isinstance(one, (ast.Await, ast.AsyncFor, ast.AsyncWith)):
            return True
        if isinstance(one, ast.comprehension) and one.is_async:
            return True
        if not isinstance(one, _SCOPES):
            inner = children(one)
            todo += (child for child in inner if not isinstance(child, (ast.stmt, *_HOLDERS)))
    return False
