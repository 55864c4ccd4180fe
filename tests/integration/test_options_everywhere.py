"""What decorators say holds of steps that return or yield, by names and by calls, in this process and in processes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import ops0
from ops0.core.errors import Ops0Error

STEPS = """
import os, pathlib, tempfile
import ops0

def count(name):
    tries = pathlib.Path(__file__).with_name(name)
    found = len(tries.read_text()) if tries.exists() else 0
    tries.write_text("x" * (found + 1))
    return found + 1

def check(name):
    {body}

@ops0.step
{plain}
def returns():
    return [check("returns")]

@ops0.step
{generator}
def yields():
    yield check("yields")
"""
FUNCTION = """
@ops0.pipeline
def flow():
    return returns(), yields()
"""
HOLD = {
    "secrets": ('@ops0.secrets(A="env:HERE")', 'return os.environ.get("A") == "correct-horse"'),
    "retry": (
        "@ops0.retry(max_attempts=3, backoff=0)",
        "if count(name) < 3: raise OSError\n    return True",
    ),
    "scratch": (
        "@ops0.cleanup_after(minutes=5)",
        'here = pathlib.Path(tempfile.gettempdir()); return here.parent.name == name and here.name == "1"',
    ),
}


def here(file: Path) -> Any:
    """Run the file's steps in this process."""
    names: dict[str, Any] = {"__name__": "flow", "__file__": str(file)}
    exec(compile(file.read_text() + "\nresult = ops0.run()\n", str(file), "exec"), names)
    return names["result"]


def processes(file: Path) -> Any:
    """Run the file."""
    return ops0.run(file)


WAYS = pytest.mark.parametrize("way", [here, processes])
FORMS = pytest.mark.parametrize("form", ["", FUNCTION], ids=["by names", "by calls"])


def written(folder: Path, form: str, **parts: str) -> Path:
    text = STEPS.format(**{"plain": "", "generator": "", "body": "return True", **parts})
    (folder / "flow.py").write_text(text + form)
    return folder / "flow.py"


@WAYS
@FORMS
@pytest.mark.parametrize("option", HOLD)
def test_it_holds(
    option: str,
    form: str,
    way: Callable[[Path], Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HERE", "correct-horse")
    decorator, body = HOLD[option]
    found = way(written(tmp_path, form, plain=decorator, generator=decorator, body=body))
    values = found.values() if isinstance(found, dict) else found
    assert [list(one) for one in values] == [[True], [True]]


@WAYS
@FORMS
@pytest.mark.parametrize("shape", ["plain", "generator"])
def test_time_runs_out(shape: str, form: str, way: Callable[[Path], Any], tmp_path: Path) -> None:
    name = {"plain": "returns", "generator": "yields"}[shape]
    body = f"while name == {name!r}: pass"
    with pytest.raises(Ops0Error, match=name) as caught:
        way(written(tmp_path, form, body=body, **{shape: '@ops0.timeout("300ms")'}))
    assert caught.value.exit_code == 53
