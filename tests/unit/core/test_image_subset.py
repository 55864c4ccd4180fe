"""What goes into images: parses on Python 3.8, loads the standard library only, and little of that."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import ops0
import ops0_runner
from ops0_builder.runner_files import IMAGE_INTEGRATIONS

OPS0, RUNNER = Path(ops0.__path__[0]), Path(ops0_runner.__path__[0])
CORE = (
    "__init__",
    "alert",
    "decorators",
    "each",
    "errors",
    "cleaning",
    "keeping",
    "marks",
    "model",
    "promises",
    "quantities",
    "scope",
    "secrets",
    "signature",
    "source_checks",
    "sources",
    "storage",
    "tracking",
)
FILES = [
    OPS0 / "__init__.py",
    *(OPS0 / "core" / f"{name}.py" for name in CORE),
    *(OPS0 / "integrations" / name for name in IMAGE_INTEGRATIONS),
    *sorted((OPS0 / "core" / "values").glob("*.py")),
    *sorted(RUNNER.glob("*.py")),
]
OURS = {
    path.relative_to(OPS0.parent).with_suffix("").as_posix().replace("/", ".")
    for path in FILES
    if OPS0 in path.parents
}
LATE = {
    "annotationlib",  # 3.14
    "cloudpickle",
    "fsspec",
    "keras",
    "numpy",
    "pandas",
    "polars",
    "pyarrow",
    "skops",
    "tensorflow",
    "torch",
}  # only inside functions, where a value shows that they are there, or a URL asks

HOST_ONLY = {
    "ops0.core.modelstore"
}  # only inside a function that says what to do where it is missing


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_parses_on_python_3_8(path: Path) -> None:
    ast.parse(path.read_text(), feature_version=(3, 8))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_imports_the_standard_library_and_itself(path: Path) -> None:
    tree = ast.parse(path.read_text())
    typing_only = {
        id(inner)
        for node in tree.body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    kept = [
        node
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom)) and id(node) not in typing_only
    ]
    for node in kept:
        names = (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
        )
        for name in names:
            root = name.partition(".")[0]
            late = node not in tree.body
            known = (
                root in sys.stdlib_module_names or (late and root in LATE) or root == "ops0_runner"
            )
            known = known or (late and name in HOST_ONLY)
            assert known or name in OURS or f"{name}.__init__" in OURS, (
                f"{path}:{node.lineno} imports {name}"
            )
            assert (
                late
                or root not in {"typing", "inspect", "pathlib", "subprocess", "asyncio"}
                or path.name in {"paths.py", "prove.py"}
            )
