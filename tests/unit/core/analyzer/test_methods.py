"""What a method needs besides its own body: what runs when its class is made, and accessors by their use."""

from __future__ import annotations

import pytest

STORES = """
import dask.dataframe as dd
import xarray as xr
import requests

class Cubes:
    ending: str = ".nc"
    def write(self, data: xr.DataArray, *, more: "requests.Session" = None) -> None: ...
    def path(self): return self.ending

class Frames(Cubes):
    def read(self) -> dd.DataFrame: return requests.get(self.path())
    def name(self): return self.path()
"""

CUBES = "import xarray as xr\nimport rioxarray\n"


def modules(facts, source: str, function: str) -> list[str]:
    return sorted({one.module for one in facts(source, function).imports})


@pytest.mark.parametrize(
    ("function", "wanted"),
    [
        ("Cubes.path", ["xarray"]),
        ("Frames.name", ["dask.dataframe", "xarray"]),
        ("Frames.read", ["dask.dataframe", "requests", "xarray"]),
    ],
)
def test_annotations_run_when_a_class_is_made(facts, function: str, wanted: list[str]) -> None:
    assert modules(facts, STORES, function) == wanted


def test_annotations_that_are_texts_do_not_run(facts) -> None:
    lazy = f"from __future__ import annotations\n{STORES}"
    assert modules(facts, lazy, "Cubes.path") == []


BLOCKS = """
import requests, boto3
from prefect.blocks.core import Block

class Plain:
    session: requests.Session
    client: "boto3.Session" = None
    def name(self): return 1

class Of(Block):
    session: requests.Session
    client: "boto3.Session" = None
    def name(self): return 1
"""


@pytest.mark.parametrize(
    ("top", "function", "wanted"),
    [
        ("", "Plain.name", ["boto3", "requests"]),
        ("", "Of.name", ["boto3", "prefect.blocks.core", "requests"]),
        ("from __future__ import annotations\n", "Plain.name", []),
        (
            "from __future__ import annotations\n",
            "Of.name",
            ["boto3", "prefect.blocks.core", "requests"],
        ),
    ],
)
def test_annotations_of_fields_run_when_a_class_is_made(
    facts, top: str, function: str, wanted: list[str]
) -> None:
    assert modules(facts, top + BLOCKS, function) == wanted


def test_a_base_in_another_module_is_kept_without_the_methods_that_are_not_used(facts) -> None:
    base = "import boto3, requests\nclass Base:\n    def load(self): return boto3.client(self.kind)\n    def send(self): return requests.get('a')\n"
    sub = (
        "import base\nclass Sub(base.Base):\n    kind = 's3'\n    def f(self): return self.load()\n"
    )
    assert sorted(
        {one.module for one in facts({"p.py": sub, "base.py": base}, "Sub.f").imports}
    ) == ["boto3"]


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("xr.open_dataset(x).rio.clip(y)", ["rioxarray", "xarray"]),
        ("x.rio.crs", ["rioxarray"]),
        ("x['a'].rio.write_crs(3).to_netcdf(y)", ["rioxarray"]),
        ("xr.open_dataset(x)", ["xarray"]),
        ("rioxarray.open_rasterio(x)", ["rioxarray"]),
    ],
)
def test_an_accessor_counts_where_it_is_used(facts, body: str, wanted: list[str]) -> None:
    assert modules(facts, f"{CUBES}def f(x, y): return {body}", "f") == wanted


LOGS = "import logging, os\nos.makedirs('logs')\nlogging.basicConfig(filename='logs/a.log')\n"


@pytest.mark.parametrize(("body", "kept"), [("logging.info('x')", True), ("1 + 1", False)])
def test_the_folder_of_a_log_is_made_where_something_is_logged(
    facts, body: str, kept: bool
) -> None:
    (one,) = facts(f"{LOGS}def f(): return {body}", "f").slices
    assert ("os.makedirs('logs')" in one.text) is kept


LATE = {
    "p.py": """
from other import B
class A:
    def go(self, b):
        return b.special()
class C:
    def dyn(self, k):
        return globals()[k]
def f():
    return A(), B(), C().dyn("x")
def g(k):
    return A(), B(), globals()[k]
""",
    "other.py": "class B:\n    def special(self):\n        import requests\n        return requests.get('x')\n",
}


@pytest.mark.parametrize("function", ["f", "g"])
def test_a_method_that_nobody_wanted_counts_when_its_module_is_kept_whole(
    facts, function: str
) -> None:
    assert [one.module for one in facts(LATE, function, entry="p.py").imports] == ["requests"]
