"""Import prefixes from lists of files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0.core.requirements.installed import (
    Installed,
    InstalledDistribution,
    record_prefixes,
    shared_prefixes,
)


@pytest.mark.parametrize(
    ("files", "prefixes"),
    [
        (["six.py"], ("six",)),
        (["pandas/__init__.py", "pandas/core/frame.py", "pandas/lib.abi3.so"], ("pandas",)),
        (["_cffi_backend.cpython-311-x86_64-linux-gnu.so", "cffi/__init__.py"], ("_cffi_backend", "cffi")),
        (["fast.abi3.so"], ("fast",)),
        (["google/cloud/storage/__init__.py", "google/cloud/storage/blob.py"], ("google.cloud.storage",)),
        (["google/auth/__init__.py", "google/oauth2/__init__.py"], ("google.auth", "google.oauth2")),
        (["matplotlib/__init__.py", "mpl_toolkits/axes/__init__.py"], ("matplotlib", "mpl_toolkits.axes")),
        (["zope/interface/__init__.py", "zope/one.py"], ("zope.interface", "zope.one")),
        (["thing/__init__.pyi"], ()),
        (["tests/__init__.py", "docs/conf.py", "setup.py", "real/__init__.py"], ("real",)),
        (["real-1.0.dist-info/METADATA", "../../../bin/real", "real/__init__.py"], ("real",)),
        (["__pycache__/six.cpython-311.pyc", "six.py"], ("six",)),
        ([], ()),
    ],
)  # fmt: skip
def test_prefixes(files: list[str], prefixes: tuple[str, ...]) -> None:
    assert record_prefixes("".join(f"{name},sha256=x,1\n" for name in files)) == prefixes
    assert record_prefixes("\n".join(files)) == prefixes


def test_a_namespace_with_an_init_is_read_one_level_deeper() -> None:
    files = "google/__init__.py,,\ngoogle/cloud/__init__.py,,\ngoogle/cloud/tasks/__init__.py,,"
    assert record_prefixes(files) == ("google",)
    namespaces = frozenset({"google", "google.cloud"})
    assert record_prefixes(files, namespaces) == ("google", "google.cloud", "google.cloud.tasks")


@given(
    st.lists(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), max_size=60),
    st.sampled_from([",,", ""]),
)
def test_the_order_and_number_of_folders_change_nothing(letters: list[str], ending: str) -> None:
    files = [f"{letter}{at % 3}/__init__.py{ending}" for at, letter in enumerate(letters)]
    files += [f"single_{letter}.py{ending}" for letter in letters]
    files += [f"{letter}{at % 3}/deep/part.py{ending}" for at, letter in enumerate(letters)]
    expected = {file.split("/")[0] for file in files if "/" in file} | {
        f"single_{one}" for one in letters
    }
    assert set(record_prefixes("\n".join(files))) == expected


def test_shared_prefixes_are_those_of_several() -> None:
    assert shared_prefixes([("a", "b"), ("b", "c"), ("c", "c")]) == {"b", "c"}


def test_owners_and_versions() -> None:
    here = InstalledDistribution(name="a", version="1", provides=("x",), origin="the folder /src")
    there = InstalledDistribution(name="b", version="2", provides=("x", "y"))
    installed = Installed((here, there))
    assert installed.owners("x") == (here, there)
    assert installed.owners("z") == ()
    assert installed.versions == {"b": "2"}
    assert installed == Installed((here, there))


@given(st.text(alphabet=st.sampled_from("ab_/.\n,_init py-"), max_size=200), st.booleans())
def test_any_record_gives_importable_names(text: str, deeper: bool) -> None:
    names = record_prefixes(text, frozenset({"a", "b", "a.b"}) if deeper else frozenset())
    assert list(names) == sorted(set(names))
    assert all(part.isidentifier() for name in names for part in name.split("."))
