"""Proves slices: reads jobs as JSON, each in a process of its own, writes what is wrong as JSON. Needs only Python.

A job: ``files`` (path: [slice, original]), ``data`` (path: text), ``roots``, ``module``, ``file``, ``function``
(dotted), ``standins`` (allowed imports, foreign imports; null for what is installed).
"""

from __future__ import annotations

import ast
import builtins
import dis
import importlib
import importlib.util
import json
import os
import re
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from standins import Finder, only_python

ELSEWHERE = re.compile("TYPE_CHECKING|platform")
MISSING = (ImportError, AttributeError, NameError)


def main() -> None:
    """All jobs of the standard input."""
    found = {
        key: in_child(lambda job=job: list(wrong_with(job)))
        for key, job in json.load(sys.stdin).items()
    }
    json.dump(found, sys.stdout)


def in_child(work: Callable[[], Any], seconds: int = 300) -> Any:
    """What some work gives, done where nothing is left over from another; a list of a text where it stops."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        signal.alarm(seconds)
        try:
            said = work()
        except BaseException as fault:  # whatever the module does when it is imported
            said = [f"stopped: {type(fault).__name__}: {str(fault)[:200]} {last_place(fault)}"]
        with os.fdopen(writer, "w") as pipe:
            json.dump(said, pipe)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else ["stopped: the process ended"]


def last_place(fault: BaseException) -> str:
    """Where it was raised, for a person."""
    frames = traceback.extract_tb(fault.__traceback__)
    return f"({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""


def wrong_with(job: dict[str, Any]) -> Iterator[str]:
    """Lay the slices out, import them, and look for what is missing."""
    slices = {path: text for path, (text, _) in job["files"].items()}
    lay_out(job["data"] | slices, job["roots"])
    os.environ = Environment(os.environ)  # type: ignore[assignment]  # noqa: B003 - asked, not set
    if job["standins"] is not None:
        finder = Finder(*job["standins"])
        only_python()
        sys.meta_path.append(finder)
    yield from other_lines(job["files"])
    try:
        module = importlib.import_module(job["module"])
    except ImportError as fault:
        yield f"import: {fault} {last_place(fault)}"
        return
    tree = ast.parse(job["files"][job["file"]][1])
    code = compile(tree, job["file"], "exec", dont_inherit=True)
    wanted = code_of(code, job["function"])
    if wanted is None:
        yield "no such function"
        return
    known = set_by_functions(code) | given_by_stars(job["files"][job["file"]][0], code, wanted)
    yield from missing_names(wanted, module, known)
    yield from missing_imports(node_of(tree, job["function"]), module)
    for path, (text, _) in job["files"].items():
        if path in job["imported"]:
            yield from missing_imports(
                ast.parse(text), importlib.import_module(job["imported"][path])
            )


class Environment(dict[str, str]):
    """Has every variable: what modules ask for when they are imported is set where they run."""

    def __missing__(self, name: str) -> str:
        return "1"


def lay_out(files: Mapping[str, str], roots: Iterable[str]) -> Path:
    """Write a project into a folder of its own, go there, let its modules be importable; say nothing from now on."""
    folder = Path(tempfile.mkdtemp(dir=os.environ["PROVING"]))
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    os.chdir(folder)
    sys.stdout = sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - for good
    sys.path[:0] = [str(folder / one) for one in roots]
    return folder


def code_of(code: CodeType, dotted: str) -> CodeType | None:
    """The code of ``outer.inner``, the last of that name."""
    for name in dotted.split("."):
        inner = [one for one in code.co_consts if isinstance(one, CodeType) and one.co_name == name]
        if not inner:
            return None
        code = inner[-1]
    return code


def node_of(tree: ast.AST, dotted: str) -> ast.AST:
    """Its syntax."""
    for name in dotted.split("."):
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        tree = [one for one in ast.walk(tree) if isinstance(one, kinds) and one.name == name][-1]
    return tree


def set_by_functions(code: CodeType) -> set[str]:
    """The names that functions of a module make global: whether one of them has run, nobody knows."""
    return {
        each.argval
        for one in every_code(code)
        if one is not code
        for each in dis.get_instructions(one)
        if each.opname == "STORE_GLOBAL"
    }


def given_by_stars(text: str, code: CodeType, wanted: CodeType) -> set[str]:
    """The names that a kept ``from x import *`` of a stand-in may give: a stand-in has every name, and tells none."""
    stars = [
        node.module
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*" and node.module
    ]
    if not any(type(sys.modules.get(one)).__name__ == "StandIn" for one in stars):
        return set()
    own = {one.argval for one in dis.get_instructions(code) if one.opname == "STORE_NAME"}
    return {name for one in every_code(wanted) for name in one.co_names} - own


def missing_names(code: CodeType, module: ModuleType, bound: set[str]) -> Iterator[str]:
    """Global names that the code loads and that nothing binds."""
    for one in every_code(code):
        for each in dis.get_instructions(one):
            known = (
                each.argval in bound
                or hasattr(builtins, str(each.argval))
                or hasattr(module, str(each.argval))
            )
            if each.opname == "LOAD_GLOBAL" and not known:
                yield f"name: {each.argval} (line {one.co_firstlineno})"


def every_code(code: CodeType) -> Iterator[CodeType]:
    """It and all code in it; of classes in it their bodies load names of their own."""
    yield code
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from every_code(one)


def missing_imports(tree: ast.AST, module: ModuleType) -> Iterator[str]:
    """Imports inside functions that fail. Those that the code is ready to lose are left out."""
    for node in unguarded(tree):
        if isinstance(node, ast.Import):
            asked = [(one.name, None) for one in node.names]
        else:
            name = "." * node.level + (node.module or "")
            asked = [(name, one.name) for one in node.names]
        for name, inner in asked:
            try:
                found = importlib.import_module(
                    name, module.__package__ if name.startswith(".") else None
                )
                if inner is not None and inner != "*" and not hasattr(found, inner):
                    importlib.import_module(f"{found.__name__}.{inner}")
            except MISSING as fault:  # noqa: PERF203 - each import may fail by itself
                yield f"import in a body: {fault} (line {node.lineno})"


def unguarded(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports of a tree, but those that a ``try`` may lose, for type checkers, or of other systems."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node
        elif isinstance(node, ast.Try) and node.handlers:
            for part in (*node.orelse, *node.finalbody):
                yield from unguarded(ast.Module([part], []))
        elif not isinstance(node, ast.If) or not ELSEWHERE.search(ast.dump(node.test)):
            yield from unguarded(node)


def other_lines(files: dict[str, list[str]]) -> Iterator[str]:
    """Functions of slices whose lines are not those of the original."""
    for path, (text, original) in files.items():
        if original is None:
            continue
        there = {
            lines_of(one) for one in every_code(compile(original, path, "exec", dont_inherit=True))
        }
        for one in every_code(compile(text, path, "exec", dont_inherit=True)):
            if one.co_name != "<module>" and not is_at_rest(one) and lines_of(one) not in there:
                yield f"lines: {path}: {one.co_name} is not the original's"


def is_at_rest(code: CodeType) -> bool:
    """Whether it is a method's that the slice leaves out and says so."""
    return any(isinstance(one, str) and one.startswith("ops0 left ") for one in code.co_consts)


def lines_of(code: CodeType) -> tuple[object, ...]:
    """What a traceback tells of it, for every instruction."""
    return code.co_name, code.co_firstlineno, code.co_code, tuple(code.co_lines())


if __name__ == "__main__":
    main()
