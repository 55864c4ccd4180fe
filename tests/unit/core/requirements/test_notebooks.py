"""What a notebook's install lines declare, and what of it becomes a need."""

from __future__ import annotations

import json

import pytest

from ops0.core.errors import Ops0Error
from ops0.core.facts import Facts, ImportFact
from ops0.core.locked import Target
from ops0.core.pipeline import Where
from ops0.core.project_files import MemorySource
from ops0.core.requirements.declarations import Declaration, StepDeclared
from ops0.core.requirements.declared import joined_declarations
from ops0.core.requirements.errors import ConflictingRequirements, UnknownImport
from ops0.core.requirements.files import ProjectDeclared
from ops0.core.requirements.notebooks import notebook_declared
from ops0.core.requirements.reading import BadRequirementLine, MissingRequirements
from ops0.core.requirements.resolve import resolve_needs
from ops0.core.requirements.values import Context, Resolved
from ops0.host.tables import read_tables

TARGET = Target(python="3.11")


def declared(*cells: str, **files: str) -> ProjectDeclared:
    document = {"nbformat": 4, "cells": [{"cell_type": "code", "source": text} for text in cells]}
    return notebook_declared(
        MemorySource({"a/n.ipynb": json.dumps(document), **files}), "a/n.ipynb"
    )


def resolve(module: str, *cells: str, project: tuple[str, ...] = ()) -> Resolved:
    context = Context(
        target=TARGET,
        tables=read_tables(),
        notebook=declared(*cells).notebook,
        project=tuple(Declaration(text, Where("requirements.txt", 1)) for text in project),
    )
    fact = ImportFact(
        module=module, names=(), where=Where("a/n.ipynb", 3, (1, 2)), text=f"import {module}"
    )
    return resolve_needs("s", Facts(imports=(fact,)), StepDeclared(), context)


def test_installs_are_declarations_with_their_places() -> None:
    found = declared("%pip install 'a>=2' b", "x = 1\n!pip install c")
    assert [(one.text, str(one.where)) for one in found.notebook] == [
        ("a>=2", "a/n.ipynb: cell 1, line 1"),
        ("b", "a/n.ipynb: cell 1, line 1"),
        ("c", "a/n.ipynb: cell 2, line 2"),
    ]
    assert found.declarations == ()


def test_a_requirements_file_is_read_beside_the_notebook() -> None:
    files = {"a/more.txt": "c==1\n-r ../up.txt\n", "up.txt": "d\n--index-url x\n"}
    found = declared("%pip install -r more.txt", **files)
    assert [(one.text, str(one.where)) for one in found.notebook] == [
        ("c==1", "a/more.txt:1"),
        ("d", "up.txt:1"),
    ]
    assert [one.text.split(" is ")[0] for one in found.warnings] == ["`--index-url`"]


@pytest.mark.parametrize(
    ("cell", "error", "said"),
    [
        (
            "%pip install a=2",
            BadRequirementLine,
            "a/n.ipynb: cell 1, line 1: 'a=2' is not a requirement",
        ),
        (
            "%pip install -r bad.txt",
            MissingRequirements,
            "a/bad.txt:1: includes a/gone.txt",
        ),
    ],
)
def test_what_pip_would_refuse_is_an_error_with_its_place(
    cell: str, error: type[Ops0Error], said: str
) -> None:
    with pytest.raises(error) as caught:
        declared(cell, **{"a/bad.txt": "-r gone.txt"})
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("name", "file"), [("none.txt", "a/none.txt"), ("../../etc/passwd", "../etc/passwd")]
)
def test_a_file_that_an_earlier_line_may_fetch_is_warned_of(name: str, file: str) -> None:
    found = declared(f"!git clone x\n%pip install b -r {name}")
    assert [one.text for one in found.notebook] == ["b"]
    assert found.warnings[1].text == f"{file} is not in the project: what it declares is not used"


def test_no_such_file_is_for_the_analysis_to_tell() -> None:
    assert notebook_declared(MemorySource({}), "n.ipynb") == ProjectDeclared()


# (what it shows, install lines, what holds of ``a`` in the end)
AGAIN = [
    ("both hold", "%pip install 'a>=1'\n%pip install 'a<3'", "a<3,>=1"),
    ("the later pin", "%pip install a==1\n%pip install a==2", "a==2"),
    ("a pin after a range", "%pip install 'a>=3'\n%pip install a==2", "a==2"),
    ("a range after a pin", "%pip install a==2\n%pip install a", "a==2"),
    ("in another spelling", "%pip install A==1\n%pip install a==2", "a==2"),
]


@pytest.mark.parametrize(
    ("cell", "requirement"), [one[1:] for one in AGAIN], ids=[one[0] for one in AGAIN]
)
def test_installed_again(cell: str, requirement: str) -> None:
    context = Context(target=TARGET, tables=read_tables(), notebook=declared(cell).notebook)
    joined, faults = joined_declarations(StepDeclared(), context)
    assert (joined["a"].requirement, faults) == (requirement, ())


def test_a_pin_of_the_project_and_another_of_the_notebook_contradict() -> None:
    with pytest.raises(ConflictingRequirements):
        resolve("pandas", "%pip install pandas==1", project=("pandas==2",))


# (what it shows, imported module, install line, requirement of the one need)
NEEDS = [
    ("the version is taken", "pandas", "%pip install 'pandas>=2' unused", "pandas>=2"),
    (
        "under the distribution's name",
        "sklearn",
        "%pip install scikit-learn==1.*",
        "scikit-learn==1.*",
    ),
    ("of its own name", "acme", "%pip install acme", "acme"),
    (
        "a name that resembles",
        "acme_tools",
        "%pip install other 'acme-tools-internal>=1' more",
        "acme-tools-internal>=1",
    ),
    (
        "the only one that nobody knows",
        "company",
        "%pip install pandas acme-internal",
        "acme-internal",
    ),
    ("a typo installs nothing", "pandas", "%pip install pandsa", "pandas"),
    (
        "a typo beside the right one",
        "sklearn",
        "%pip install scikitlearn scikit-lern",
        "scikit-learn",
    ),
]


@pytest.mark.parametrize(
    ("module", "cell", "requirement"), [one[1:] for one in NEEDS], ids=[one[0] for one in NEEDS]
)
def test_needs(module: str, cell: str, requirement: str) -> None:
    (need,) = resolve(module, cell).needs
    assert need.requirement == requirement
    assert need.imports == (module,)


def test_what_is_taken_to_come_from_an_install_is_said() -> None:
    (warning,) = resolve("company", "%pip install acme-internal").warnings
    assert "is taken to come from acme-internal" in warning.text


def test_of_several_that_nobody_knows_none_is_guessed() -> None:
    with pytest.raises(UnknownImport):
        resolve("company", "%pip install acme-internal acme-other")
