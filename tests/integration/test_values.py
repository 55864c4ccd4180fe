"""Values between steps, by the libraries that made them: the same in processes and in containers."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from own_images import remove_images

import ops0

MODES = ["local", pytest.param("containers", marks=pytest.mark.docker)]

PIPELINE = '''
import dataclasses
from collections.abc import Iterator
from pathlib import Path
import tempfile

import numpy as np
import pandas as pd

import ops0


@dataclasses.dataclass
class Fit:
    weights: np.ndarray
    note: str


def memory() -> int:
    """Bytes of this process that are its own."""
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
        if line.startswith("Private_Dirty:"):
            return int(line.split()[1]) * 1024
    raise LookupError


@ops0.step
def make_array() -> np.ndarray:
    return np.arange(1 << 23, dtype="f8")


@ops0.step
def make_numbers() -> pd.DataFrame:
    return pd.DataFrame(np.arange(1 << 22, dtype="f8").reshape(-1, 4), columns=list("abcd"))


@ops0.step
@ops0.requires("pyarrow")
def make_rows() -> pd.DataFrame:
    when = pd.to_datetime(["2024-01-01", None, "2025-01-01"])
    rows = pd.DataFrame({"n": [1, 2, 3], "s": ["x", None, "z"], "when": when})
    rows.attrs["unit"] = "m"
    return rows


@ops0.step
def make_fit() -> Fit:
    return Fit(np.ones(3), "good")


@ops0.step
def make_folder() -> Path:
    folder = Path(tempfile.mkdtemp()) / "reports"
    (folder / "inner").mkdir(parents=True)
    (folder / "a.txt").write_text("a")
    (folder / "inner" / "b.bin").write_bytes(bytes(3))
    return folder


@ops0.step
def make_items() -> Iterator[int]:
    for item in range(5):
        yield item


@ops0.step
def spoil(array: np.ndarray, numbers: pd.DataFrame, rows: pd.DataFrame) -> list:
    """Change every input in place."""
    before = memory()
    touched = float(array[:10].sum())
    told = [touched, memory() - before < 2**20]
    array *= 2
    array.sort()
    numbers["a"] = 0.0
    numbers.iloc[0, 1] = -1.0
    numbers *= 2
    rows.loc[0, "s"] = "changed"
    rows.loc[0, "n"] = 99
    rows.loc[1, "when"] = rows.loc[0, "when"]
    return told


@ops0.step
def tell(spoiled: list, array: np.ndarray, numbers: pd.DataFrame, rows: pd.DataFrame,
         fit: Fit, folder: Path, items: Iterator[int]) -> dict:
    return {
        "spoil": spoiled,
        "array": [float(array[1]), float(array[-1])],
        "numbers": [float(numbers["a"].iloc[1]), float(numbers.iloc[0, 1])],
        "rows": [rows.loc[0, "s"], int(rows.loc[0, "n"]), *map(bool, pd.isna(rows.loc[1, ["when", "s"]])), rows.attrs],
        "fit": [isinstance(fit, Fit), float(fit.weights.sum()), fit.note],
        "folder": [isinstance(folder, Path), folder.name, sorted(path.name for path in folder.rglob("*"))],
        "items": [hasattr(items, "__next__"), sum(items)],
    }


@ops0.pipeline
def flow():
    array, numbers, rows = make_array(), make_numbers(), make_rows()
    return tell(spoil(array, numbers, rows), array, numbers, rows, make_fit(), make_folder(), make_items())
'''


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    name = f"values-{uuid.uuid4().hex[:8]}"
    (tmp_path / "ops0.toml").write_text(f'name = "{name}"\n')
    yield tmp_path
    remove_images(name)


@pytest.mark.parametrize("mode", MODES)
def test_values_cross_steps_and_what_one_changes_no_other_sees(project: Path, mode: Any) -> None:
    (project / "flow.py").write_text(PIPELINE)
    found = ops0.run(project / "flow.py", mode=mode)
    assert found == {
        "spoil": [45.0, True],
        "array": [1.0, float((1 << 23) - 1)],
        "numbers": [4.0, 1.0],
        "rows": ["x", 1, True, True, {"unit": "m"}],
        "fit": [True, 3.0, "good"],
        "folder": [True, "reports", ["a.txt", "b.bin", "inner"]],
        "items": [True, 10],
    }


DATA = """
import tempfile
from pathlib import Path

import numpy as np
import ops0
import pandas as pd


@ops0.step
@ops0.requires("pyarrow")
def rows() -> pd.DataFrame:
    return pd.DataFrame({"n": [1, 2], "s": ["x", "y"]})


@ops0.step
def numbers() -> np.ndarray:
    return np.arange(3)


@ops0.step
def note() -> Path:
    path = Path(tempfile.mkdtemp()) / "note.txt"
    path.write_text("a note")
    return path


@ops0.step
def kind() -> set:
    return {1}


@ops0.pipeline
def flow():
    return rows(), numbers(), note(), kind()
"""


@pytest.mark.parametrize("mode", MODES)
def test_what_is_data_is_given_back_as_such(project: Path, mode: Any) -> None:
    import numpy as np
    import pandas as pd

    (project / "flow.py").write_text(DATA)
    found = ops0.run(project / "flow.py", mode=mode)
    frame = pd.DataFrame({"n": [1, 2], "s": ["x", "y"]})
    pd.testing.assert_frame_equal(found["rows"], frame)
    assert type(found["numbers"]) is np.ndarray
    assert found["numbers"].tolist() == [0, 1, 2]
    assert (found["note"].name, found["note"].read_text()) == ("note.txt", "a note")
    if mode == "containers":
        assert found["kind"].format == "pickle"  # never unpickled on the host
        kept = found["kind"].path.parent / "rows"
        pd.testing.assert_frame_equal(pd.read_feather(kept / "value.arrow"), frame)
    else:
        assert found["kind"] == {1}


LIBRARIES = """
import ops0
import polars as pl
from sklearn.linear_model import LinearRegression


@ops0.step
def rows() -> pl.DataFrame:
    return pl.DataFrame({"x": [0.0, 1.0, 2.0], "y": [1.0, 3.0, 5.0], "s": ["a", None, "c"]})


@ops0.step
@ops0.requires("skops")
def fit(rows: pl.DataFrame) -> LinearRegression:
    return LinearRegression().fit(rows.select("x").to_numpy(), rows["y"].to_numpy())


@ops0.step
def tell(fit: LinearRegression, rows: pl.DataFrame) -> list:
    return [round(float(fit.coef_[0]), 6), type(fit).__name__, rows["s"].to_list()]


@ops0.pipeline
def flow():
    table = rows()
    model = fit(table)
    return tell(model, table), table, model
"""


@pytest.mark.parametrize("mode", MODES)
def test_polars_and_skops_cross_edges(project: Path, mode: Any) -> None:
    (project / "flow.py").write_text(LIBRARIES)
    found = ops0.run(project / "flow.py", mode=mode)
    assert found["tell"] == [2.0, "LinearRegression", ["a", None, "c"]]
    assert found["rows"]["s"].to_list() == ["a", None, "c"]
    if mode == "containers":
        assert (found["fit"].format, found["fit"].pickled) == ("skops", False)
        assert found["fit"].about["parameters"]["fit_intercept"] == "True"


PATHS = """
import atexit
import dataclasses
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import ops0


@dataclasses.dataclass
class Report:
    page: Path
    parts: dict


def written(name: str) -> Path:
    path = Path(tempfile.mkdtemp()) / name
    path.write_text(name)
    return path


@ops0.step
def draw() -> Report:
    sys.modules["ops0_runner.leaving"].HOOKS = 0.5
    atexit.register(time.sleep, 600)
    rows = []
    folder = written("a.png").parent
    (folder / "empty").mkdir()
    return Report(written("page.html"), {"images": [folder], "rows": [rows, rows]})


@ops0.step
def many() -> Iterator[dict]:
    for number in range(3):
        yield {"path": written(f"{number}.csv")}


@ops0.step
def tell(report: Report, many: Iterator[dict]) -> dict:
    rows = report.parts["rows"]
    return {
        "page": report.page.read_text(),
        "images": sorted(path.name for path in report.parts["images"][0].iterdir()),
        "same": rows[0] is rows[1],
        "many": [item["path"].read_text() for item in many],
    }


@ops0.step
def pair() -> list:
    rows = [1]
    return [rows, rows]


@ops0.step
def grown(pair: list) -> list:
    pair[0].append(2)
    return pair


@ops0.pipeline
def flow():
    return tell(draw(), many()), grown(pair())
"""


@pytest.mark.parametrize("mode", MODES)
def test_what_objects_hold_crosses_edges_with_them(project: Path, mode: Any) -> None:
    """Files that paths name, what is there twice; and a step whose exit hook hangs is done."""
    (project / "flow.py").write_text(PATHS)
    found = ops0.run(project / "flow.py", mode=mode)
    assert found["tell"] == {
        "page": "page.html",
        "images": ["a.png", "empty"],
        "same": True,
        "many": ["0.csv", "1.csv", "2.csv"],
    }
    assert found["grown"] == [[1, 2], [1, 2]]
