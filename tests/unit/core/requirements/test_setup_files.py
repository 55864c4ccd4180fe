"""What setuptools is told of dependencies."""

from __future__ import annotations

import pytest

from ops0.core.project_files import MemorySource
from ops0.core.requirements.files import project_declared
from ops0.core.requirements.setup_files import UnreadableSetup
from ops0.core.toml_text import BadSetting


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
        ("[options]\ninstall_requires = file: deps.txt,", ["attrs>=1"]),
        ("[flake8]\nmax-line-length = 100", []),
        ("[flake8]\nignore = E1\nignore = E2", []),
        ("[flake8]\nignore = E1\nignore = E2\n[options]\ninstall_requires = attrs", ["attrs"]),
        ("max-line-length = 100", []),
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
    "text",
    [
        "setup(install_requires=['attrs', ''])",
        "setup(install_requires=['attrs  # why', '# click'])",
        "setup(install_requires='attrs\\n\\n# click\\n')",
        "setup(install_requires='''\n\nattrs\n''')",
        "X: list = ['attrs']\nsetup(install_requires=X)",
        "X = 'attrs'\nsetup(install_requires=[X])",
        "X = {'name': 'x', 'install_requires': ['attrs']}\nsetup(**X)",
        "X = dict(install_requires=['attrs'])\nsetup(**X)",
        "import setuptools as st\nst.setup(install_requires=['attrs'])",
        "from distutils import core\ncore.setup(install_requires=['attrs'])",
        "from setuptools import setup as s\ns(install_requires=['attrs'])",
        "mylog.setup(install_requires=['numpy<1.5'])\nsetup(install_requires=['attrs'])",
    ],
)
def test_forms_of_setup_py(text: str) -> None:
    found = project_declared(MemorySource({"setup.py": text}))
    assert [one.text for one in found.declarations] == ["attrs"]
    assert found.warnings == ()
    (line,) = (one.where.line for one in found.declarations)
    assert "attrs" in text.splitlines()[line - 1]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("setup(install_requires=open('requirements.txt').read().split())", True),
        ("setup(install_requires=['attrs', *more()])", True),
        ("X = ['a']\nX += ['b']\nsetup(install_requires=X)", True),
        ("X = ['a']\nX.append('b')\nsetup(install_requires=X)", True),
        ("X = ['a']\nX[0] = 'b'\nsetup(install_requires=X)", True),
        ("X = {}\nX['install_requires'] = ['b']\nsetup(**X)", True),
        ("setup(**more())", True),
        ("setup(**more(), install_requires=['attrs'])", False),
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


@pytest.mark.parametrize(
    ("tables", "read"),
    [
        ("", True),
        ("[build-system]\nrequires = ['setuptools']", True),
        ("[build-system]\nbuild-backend = 'setuptools.build_meta'", True),
        (
            "[build-system]\nrequires = ['setuptools']\nbuild-backend = 'own'\nbackend-path = ['.']",
            True,
        ),
        ("[build-system]\nbuild-backend = 'poetry.core.masonry.api'", False),
        ("[build-system]\nbuild-backend = 'hatchling.build'", False),
        ("[tool.poetry.dependencies]\nattrs = '23.1.0'", False),
    ],
)
def test_setup_files_count_where_setuptools_builds_the_project(tables: str, read: bool) -> None:
    """One that is left from another time stops nothing: who builds the project never looks there."""
    setup = "setup(install_requires=['attrs==22.0'])"
    found = declared(pyproject_toml=tables, setup_py=setup, setup_cfg="[options]\nx\n" * (not read))
    assert ("attrs==22.0" in dict(found)) is read


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


def test_a_table_that_names_no_files_is_told() -> None:
    hook = "[tool.hatch.metadata.hooks.requirements_txt]\nfiles = true\n"
    with pytest.raises(BadSetting, match=r"pyproject\.toml:5: .*is not a list of paths"):
        declared(pyproject_toml=f'[project]\nname = "x"\ndynamic = ["dependencies"]\n{hook}')
