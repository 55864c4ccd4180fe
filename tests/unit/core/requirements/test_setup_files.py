"""What setuptools is told of dependencies."""

from __future__ import annotations

import pytest

from ops0.core.project_files import MemorySource
from ops0.core.requirements.files import project_declared
from ops0.core.requirements.setup_files import UnreadableSetup


def declared(**files: str) -> list[tuple[str, str]]:
    named = {name.replace("__", "/").replace("_", ".", 1): text for name, text in files.items()}
    found = project_declared(MemorySource(named))
    return [(one.text, str(one.where)) for one in found.declarations]


CFG = """\
[options]
python_requires = >=3.9
install_requires =
    attrs>=22,<24
    # a comment
    click<8.2; python_version >= "3.8"  # why
[options.extras_require]
dev = pytest
"""


def test_setup_cfg() -> None:
    assert declared(setup_cfg=CFG) == [
        ("attrs>=22,<24", "setup.cfg:4"),
        ('click<8.2; python_version >= "3.8"', "setup.cfg:6"),
    ]
    found = project_declared(MemorySource({"setup.cfg": CFG}))
    assert [(one.text, one.where.line) for one in found.pythons] == [(">=3.9", 2)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("[options]\ninstall_requires = attrs; click", ["attrs", "click"]),
        ("[options]\ninstall-requires =\n  attrs", ["attrs"]),
        ("[options]\ninstall_requires = file: deps.txt", ["attrs>=1"]),
        ("[options]\npackages = find:", []),
        ("[flake8]\nmax-line-length = 100", []),
    ],
)
def test_forms_of_setup_cfg(text: str, names: list[str]) -> None:
    assert [name for name, _ in declared(setup_cfg=text, deps_txt="attrs>=1\n")] == names


def test_a_setup_cfg_that_is_none() -> None:
    with pytest.raises(UnreadableSetup, match=r"setup\.cfg:2"):
        declared(setup_cfg="[options]\nx\n")


PY = """\
from setuptools import find_packages, setup

NEEDED = ["attrs<24",
          "click<8.2"]
setup(name="x", packages=find_packages(), install_requires=NEEDED, python_requires=">=3.9")
"""


def test_setup_py_is_read_and_not_run() -> None:
    assert declared(setup_py=PY) == [("attrs<24", "setup.py:3"), ("click<8.2", "setup.py:4")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("setup(install_requires=open('requirements.txt').read().split())", True),
        ("setup(install_requires=['attrs', *more()])", True),
        ("X = ['a']\nX += ['b']\nsetup(install_requires=X)", True),
        ("setup(install_requires=['attrs'])", False),
        ("setup()", False),
        ("print 'of Python 2'", False),
    ],
)
def test_what_its_code_works_out_is_told(text: str, told: bool) -> None:
    found = project_declared(MemorySource({"setup.py": text}))
    assert bool(found.warnings) is told
    beside = {"setup.py": text, "requirements.txt": "rich\n"}
    if "open(" in text:
        assert project_declared(MemorySource(beside)).warnings == ()


def test_project_says_it_for_all_three() -> None:
    project = '[project]\nname = "x"\ndependencies = ["rich"]\n'
    found = declared(pyproject_toml=project, setup_cfg=CFG, setup_py=PY)
    assert [name for name, _ in found] == ["rich"]
    dynamic = '[project]\nname = "x"\ndynamic = ["dependencies"]\n'
    assert len(declared(pyproject_toml=dynamic, setup_cfg=CFG)) == 2


@pytest.mark.parametrize(
    "table",
    [
        '[tool.setuptools.dynamic]\ndependencies = { file = ["reqs/prod.txt"] }',
        '[tool.setuptools.dynamic]\ndependencies = { file = "reqs/prod.txt" }',
        '[tool.hatch.metadata.hooks.requirements_txt]\nfiles = ["reqs/prod.txt"]',
    ],
)
def test_files_that_pyproject_takes_dependencies_from(table: str) -> None:
    text = f'[project]\nname = "x"\ndynamic = ["version", "dependencies"]\n{table}\n'
    files = {"pyproject.toml": text, "reqs/prod.txt": "attrs<24\n"}
    (found,) = project_declared(MemorySource(files)).declarations
    assert (found.text, str(found.where)) == ("attrs<24", "reqs/prod.txt:1")
    plain = {**files, "pyproject.toml": text.replace(', "dependencies"', "")}
    assert project_declared(MemorySource(plain)).declarations == ()


def test_a_folder_of_requirements_files_is_told_where_nothing_else_is_declared() -> None:
    files = {"requirements/base.txt": "attrs\n", "requirements/dev.txt": "pytest\n"}
    (warning,) = project_declared(MemorySource(files)).warnings
    assert (str(warning.where), warning.hint) == (
        "requirements/base.txt:1",
        "name it in a requirements.txt beside the folder: -r requirements/base.txt",
    )
    named = {**files, "requirements.txt": "-r requirements/base.txt\n"}
    assert project_declared(MemorySource(named)).warnings == ()
