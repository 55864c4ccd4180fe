"""A run in processes says once that it does not have the Python that is asked for."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from driver.command import ops0

HERE = "{}.{}".format(*sys.version_info[:2])
OTHER = "3.12" if HERE != "3.12" else "3.13"
CODE = "import ops0\n@ops0.step\ndef one() -> int: return 1\n@ops0.step\ndef two(one) -> int: return 2\n"
TOLD = f"warning: steps run on Python {HERE}, on which ops0 runs: the project asks for {OTHER}\n"


@pytest.mark.parametrize(("python", "told"), [(OTHER, TOLD), (HERE, "")])
def test_it_is_told_once(python: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "flow.py").write_text(CODE)
    (tmp_path / "ops0.toml").write_text(f'pipeline = "flow.py"\npython = "{python}"\n')
    ran = ops0(["run"], folder=tmp_path)
    assert (ran.code, ran.out) == (0, "2\n")
    assert ran.err.count("on which ops0 runs") == ran.err.count(TOLD) == (1 if told else 0)
    assert "on which ops0 runs" not in ops0(["plan"], folder=tmp_path).err, "images have it"
