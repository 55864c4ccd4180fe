"""``ops0.run`` at the top of a pipeline's file."""

from __future__ import annotations

import sys
import uuid
from pathlib import Path
from types import SimpleNamespace

import pytest

from ops0.cli.once import RunInImport
from ops0_runner.loading import load_function


@pytest.mark.parametrize("call", ["ops0.run()", "ops0.run('p.py')"])
def test_a_file_that_runs_itself_starts_no_run_in_each_of_its_steps(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each process began a run, whose processes began runs, for ever."""
    name = f"p{uuid.uuid4().hex}"
    source = f"import ops0\n@ops0.step\ndef load():\n    return 1\n{call}\n"
    (tmp_path / f"{name}.py").write_text(source)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    step = SimpleNamespace(module=name, function="load", roots=[str(tmp_path)])
    with pytest.raises(RunInImport) as caught:
        load_function(step)
    assert "__main__" in str(caught.value.hint)


def test_with_the_guard_it_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"p{uuid.uuid4().hex}"
    source = "import ops0\n@ops0.step\ndef load():\n    return 1\nif __name__ == '__main__':\n    ops0.run()\n"
    (tmp_path / f"{name}.py").write_text(source)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    step = SimpleNamespace(module=name, function="load", roots=[str(tmp_path)])
    assert load_function(step)() == 1
