"""Where a step imports from, and the programs that it starts."""

from __future__ import annotations

import os
import sys

import pytest

from ops0_runner.loading import set_path


@pytest.mark.parametrize(
    ("given", "wanted"), [(None, "/code:/code/src"), ("/own", "/code:/code/src:/own")]
)
def test_a_python_that_the_step_starts_imports_from_the_same_roots(
    given: str | None, wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", ["/lib"])
    monkeypatch.delenv("PYTHONPATH", raising=False)
    if given is not None:
        monkeypatch.setenv("PYTHONPATH", given)
    set_path(["/code", "/code/src"])
    assert sys.path[:3] == ["/code", "/code/src", "/lib"]
    assert os.environ["PYTHONPATH"] == wanted.replace(":", os.pathsep)
