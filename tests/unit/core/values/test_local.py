"""Classes and functions of the user's own modules inside values."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ops0.core.values import local as local_module
from ops0.core.values.local import Locals
from ops0.core.values.store import load_value, save_value

MODULE = """
import math
FACTOR = 3
class Base:
    unit = "m"
class Model(Base):
    def __init__(self, k): self.k = k
    def predict(self, x): return helper(x) * self.k
    class Inner: pass
def helper(x): return math.floor(x) * FACTOR
def make(): return lambda x: helper(x) + 1
"""
NAME = "ops0_local_sample"


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    root = tmp_path / "root"
    root.mkdir()
    (root / f"{NAME}.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(root))
    monkeypatch.setattr(local_module, "_restored", {})
    yield importlib.import_module(NAME)
    sys.modules.pop(NAME, None)


def saved(value: Any, tmp_path: Path) -> Any:
    return save_value(value, str(tmp_path / "out"), Locals([str(tmp_path / "root")]))


def in_an_image_without(tmp_path: Path, text: str | None) -> None:
    """Become a consumer whose slice of the module is ``text``; None: it has no such module."""
    sys.modules.pop(NAME, None)
    path = tmp_path / "root" / f"{NAME}.py"
    path.unlink()
    if text is not None:
        path.write_text(text)
    importlib.invalidate_caches()


def test_a_consumer_that_has_the_class_gets_its_own(sample: Any, tmp_path: Path) -> None:
    value = saved({"model": sample.Model(2)}, tmp_path)
    back = load_value(value, str(tmp_path / "out"))["model"]
    assert type(back) is sample.Model
    assert back.predict(1.5) == 6


@pytest.mark.parametrize("slice_", [None, "other = 1\n"])
def test_a_consumer_that_has_not_gets_the_class_too(
    sample: Any, tmp_path: Path, slice_: str | None
) -> None:
    value = saved([sample.Model(2), sample.Model(3), sample.helper, sample.Model.Inner()], tmp_path)
    in_an_image_without(tmp_path, slice_)
    one, other, helper, _ = load_value(value, str(tmp_path / "out"))
    assert (one.predict(1.5), other.predict(1.5), helper(2), one.unit) == (6, 9, 6, "m")
    assert type(one) is type(other)
    again = load_value(value, str(tmp_path / "out"))[0]
    assert type(again) is type(one)


def test_lambdas_and_nested_functions(sample: Any, tmp_path: Path) -> None:
    value = saved(sample.make(), tmp_path)
    in_an_image_without(tmp_path, None)
    assert load_value(value, str(tmp_path / "out"))(2) == 7


def test_a_stream_of_local_objects(sample: Any, tmp_path: Path) -> None:
    value = saved(iter([sample.Model(2)]), tmp_path)
    in_an_image_without(tmp_path, None)
    assert next(load_value(value, str(tmp_path / "out"))).predict(1) == 6


def test_libraries_are_not_local(tmp_path: Path) -> None:
    own = Locals([str(tmp_path)])
    assert [own.has(name) for name in ("json", "numpy", "__main__", None, "no_such_module")] == [
        False,
        False,
        True,
        False,
        False,
    ]


def test_another_python_cannot_read_a_stored_class(tmp_path: Path) -> None:
    with pytest.raises(ImportError, match=r"was stored by Python 3\.1: give both steps one Python"):
        local_module.restore("no_such_module", "Model", b"x", (3, 1))
    with pytest.raises(ImportError, match="could not be stored"):
        local_module.restore("no_such_module", "Model", b"", sys.version_info[:2])
