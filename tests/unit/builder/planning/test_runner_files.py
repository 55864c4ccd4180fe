"""What goes into images must run there: Python 3.8's grammar, the standard library, nothing of the host's."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
import tomli

from ops0_builder.planning.runner_files import RunnerFiles, read_runner
from ops0_builder.resources import resource

FILES = read_runner().files
OWN = {name: text for name, text in FILES.items() if not name.startswith("vendor/")}
# Loaded late, when a value or a module of the user's makes them loaded already; annotationlib is 3.14's.
OPTIONAL = {
    "annotationlib",
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
}


# Milliseconds at each start of a step: only these two files may load them at their top.
HEAVY = {"asyncio", "inspect", "pathlib", "subprocess", "typing"}
MAY_LOAD_HEAVY = {"ops0/core/values/paths.py", "ops0_runner/prove.py"}


def imports(text: bytes, name: str) -> Iterator[tuple[str, bool]]:
    """(top-level module or ops0 module, whether at the top of the file) of each import that runs."""
    tree = ast.parse(text, feature_version=(3, 8))
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If)
        and isinstance(node.test, ast.Name)
        and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node in tree.body) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, name
            yield node.module or "", node in tree.body


@pytest.mark.parametrize("name", sorted(OWN))
def test_a_file_of_an_image_parses_on_python_3_8_and_imports_what_is_there(name: str) -> None:
    for module, at_top in imports(OWN[name], name):
        top = module.split(".")[0]
        if top in ("ops0", "ops0_runner"):
            path = module.replace(".", "/")
            there = f"{path}.py" in OWN or f"{path}/__init__.py" in OWN
            assert there or not at_top, f"{name} imports {module}, which is not in images"
        else:
            allowed = top in sys.stdlib_module_names or (top in OPTIONAL and not at_top)
            assert allowed, f"{name} imports {module}"
            light = top not in HEAVY or not at_top or name in MAY_LOAD_HEAVY
            assert light, f"{name} loads {module} before anybody needs it"


def test_cloudpickle_stands_apart_at_the_end_of_the_path() -> None:
    assert "vendor/cloudpickle/__init__.py" in FILES
    assert not any(name.startswith("cloudpickle") for name in FILES)


def test_the_installer_of_the_build_stages_runs_on_python_3_8() -> None:
    text = (resource("templates") / "install.py").read_bytes()
    assert all(
        module.split(".")[0] in sys.stdlib_module_names for module, _ in imports(text, "install")
    )


def test_the_digest_is_over_names_and_bytes() -> None:
    digests = {RunnerFiles(files).digest for files in ({"a": b"1"}, {"a": b"2"}, {"b": b"1"}, {})}
    assert len(digests) == 4
    assert RunnerFiles({"a": b"1", "b": b"2"}).digest == RunnerFiles({"b": b"2", "a": b"1"}).digest


def spelled_out(pattern: str) -> list[str]:
    """The patterns without braces that one with braces stands for."""
    head, brace, rest = pattern.partition("{")
    if not brace:
        return [pattern]
    inner, _, tail = rest.partition("}")
    return [f"{head}{one}{tail}" for one in inner.split(",")]


@pytest.mark.parametrize("table", ["per-file-target-version", "per-file-ignores"])
def test_ruff_knows_what_runs_on_python_3_8(table: str) -> None:
    """The two lists in pyproject.toml name what goes into images, no more and no less."""
    text = (Path(__file__).parents[4] / "pyproject.toml").read_text()
    ruff = tomli.loads(text)["tool"]["ruff"]
    found = ruff[table] if table in ruff else ruff["lint"][table]
    patterns = [
        one
        for pattern, means in found.items()
        if means == "py38" or "UP" in means
        for one in spelled_out(pattern)
    ]
    homes = {"ops0_runner": "runtime_images/ops0_runner"}
    files = [f"{homes.get(one.split('/')[0], 'ops0')}/{one.partition('/')[2]}" for one in OWN]
    assert [one for one in files if not any(fnmatch(one, held) for held in patterns)] == []
    assert [held for held in patterns if not any(fnmatch(one, held) for one in files)] == []
