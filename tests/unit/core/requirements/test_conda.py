"""What an environment of conda declares, and what its packages are called elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from ops0.core import requirements
from ops0.core.errors import ErrorGroup, Ops0Error
from ops0.core.project_files import MemorySource
from ops0.core.requirements.conda import CondaNames
from ops0.core.requirements.conda_versions import pep440
from ops0.core.requirements.files import ProjectDeclared, project_declared
from ops0.core.requirements.names import canonicalize_name
from ops0.core.toml_text import BadSetting, UnreadableSettings
from ops0.host.tables import read_conda_names, read_tables

PROJECT = Path(__file__).parent / "projects" / "conda"
NAMES = CondaNames(
    pypi={"pytorch": "torch", "opencv": "opencv-python-headless"},
    longer=frozenset({"opencv"}),
    debian={"ffmpeg": ("ffmpeg",)},
    conda=frozenset({"zstd"}),
    known=frozenset({"pandas", "zstd", "torch", "typing-extensions"}),
)


def declared(text: str, **files: str) -> ProjectDeclared:
    named = {name.replace("_", "."): files[name] for name in files}
    return project_declared(
        MemorySource({"environment.yml": text, **named}), conda_names=lambda: NAMES
    )


def specs(*lines: str) -> str:
    return "dependencies:\n" + "".join(f"  - {line}\n" for line in lines)


def test_an_environment_is_read_with_ops0s_own_names() -> None:
    text = (PROJECT / "environment.yml").read_text("utf-8")
    found = project_declared(MemorySource({"environment.yaml": text}), conda_names=read_conda_names)
    assert [(one.text, one.where.line) for one in found.declarations] == [
        ("pandas==2.2.*", 7),
        ("numpy>=1.26,<3", 8),
        ("scikit-learn==1.5.2", 9),
        ("torch==2.4.1", 10),
        ("opencv-python-headless==4.10.0.*", 11),
        ("tables", 12),
        ("matplotlib==3.9.*", 13),
        ("pip", 20),
        ("six==1.16.0", 22),
        ("a @ git+https://example.org/a.git", 23),
    ]
    assert [one.text for one in found.pythons] == ["==3.11.*"]
    assert [one.text for one in found.packages] == ["ffmpeg", "default-jre-headless"]
    place, unknown, programs = found.warnings
    assert str(place.where) == "environment.yaml:23"
    assert "cudatoolkit, libgcc, mkl, tzdata of conda" in unknown.text
    assert str(unknown.where) == "environment.yaml:16"
    assert programs.hint is not None
    assert '@ops0.requires(apt=["ffmpeg", "default-jre-headless"])' in programs.hint


@pytest.mark.parametrize(
    ("said", "specifiers"),
    [
        ("", ""),
        ("=1.2", "==1.2.*"),
        ("=1.2.*", "==1.2.*"),
        ("==1.2", "==1.2"),
        ("=1.2=py311_0", "==1.2"),
        (" 1.2", "==1.2"),
        (" 1.2 py311_0", "==1.2"),
        (" 1.2*", "==1.2.*"),
        (">=1,<2", ">=1,<2"),
        (" >=1, !=1.5.*", ">=1,!=1.5.*"),
        ("~=1.4", "~=1.4"),
        ("=*", ""),
        ("[version='>=1.2,<2', build=cuda*]", ">=1.2,<2"),
        ("[build=cuda*]", ""),
        ("=1.2|=1.3", None),
        ("=1.2.post_x", None),
        ("=" + "1" * 5000, None),
    ],
)
def test_versions_of_conda(said: str, specifiers: str | None) -> None:
    assert pep440(said) == specifiers


@pytest.mark.parametrize(
    ("spec", "requirement"),
    [
        ("conda-forge::pandas=2", "pandas==2.*"),
        ("'https://example.org/channel::pandas[version=\">=2\"]'", "pandas>=2"),
        ("pytorch", "torch"),
        ("opencv==4.8.1", "opencv-python-headless==4.8.1.*"),
        ("typing_extensions", "typing-extensions"),
        ("pandas=1|2", "pandas"),
    ],
)
def test_a_package_is_named_as_pypi_names_it(spec: str, requirement: str) -> None:
    assert [one.text for one in declared(specs(spec)).declarations] == [requirement]


@pytest.mark.parametrize("name", ["zstd", "libgcc", "ours", "_openmp_mutex=0.1=main"])
def test_what_has_the_name_of_another_or_is_unknown_is_told_and_never_guessed(name: str) -> None:
    found = declared(specs(name))
    assert found.declarations == ()
    (warning,) = found.warnings
    assert f"what {name.partition('=')[0]} of conda" in warning.text


def test_many_unknown_names_are_one_warning() -> None:
    (warning,) = declared(specs(*(f"lib{number}" for number in range(30)))).warnings
    assert "lib7 and 22 more" in warning.text


def test_what_stands_below_pip_is_read_as_pip_does() -> None:
    lines = ("pandas", "pip:\n    - idna==3.4\n    - -r more.txt\n    - -e .")
    found = declared(specs(*lines), more_txt="six\n")
    assert [(one.text, str(one.where)) for one in found.declarations] == [
        ("pandas", "environment.yml:2"),
        ("idna==3.4", "environment.yml:4"),
        ("six", "more.txt:1"),
    ]
    assert [str(one.where) for one in found.warnings] == ["environment.yml:6"]


def test_one_of_both_files_counts() -> None:
    source = {"environment.yml": specs("pandas=1"), "environment.yaml": specs("pandas=2")}
    found = project_declared(MemorySource(source), conda_names=lambda: NAMES)
    assert [one.text for one in found.declarations] == ["pandas==1.*"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("dependencies: 3", "environment.yml:1"),
        ("dependencies:\n  a: b", "environment.yml:2"),
        (specs("a/b"), "environment.yml:2"),
        (specs("x.conda"), "environment.yml:2"),
        (specs("pip:\n      a: b"), "environment.yml:2"),
        (specs("pip:\n      - [a]"), "environment.yml:3"),
        (specs("'pandas >='", "pandas"), None),
    ],
)
def test_what_cannot_be_read_has_its_place(text: str, place: str | None) -> None:
    if place is None:
        assert declared(text).warnings
        return
    with pytest.raises(BadSetting) as fault:
        declared(text)
    assert str(fault.value.where) == place


def test_faults_come_together() -> None:
    with pytest.raises(ErrorGroup) as fault:
        declared(specs("a/b", "pip:\n    - idna=="), requirements_txt="x==\n")
    assert len(fault.value.errors) == 3


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "a: &a [b]\ndependencies: *a", "dependencies: [", "\0", 'a: "\\UFFFFFFFF"', "- " * 3000],
)  # fmt: skip
def test_a_hostile_document_is_one_clear_error(text: str) -> None:
    with pytest.raises(UnreadableSettings) as fault:
        declared(text)
    assert ": not a YAML file: " in str(fault.value)
    assert str(fault.value).startswith("environment.yml")


@given(st.text(alphabet=st.sampled_from("pandas-:\n =1.2<>|*[]{}&#'\"!\x00é"), max_size=60))
def test_any_text_is_declarations_or_one_of_our_errors(text: str) -> None:
    for whole in (text, "dependencies:\n - " + text):
        try:
            found: object = declared(whole)
        except Ops0Error as fault:
            found = fault
        assert isinstance(found, ProjectDeclared) or "environment.yml" in str(found)


@given(st.text(alphabet=st.sampled_from("=<>!~ 1.2*|,[]py_0"), max_size=30))
def test_any_version_is_specifiers_or_none(text: str) -> None:
    found = pep440(text)
    assert found is None or isinstance(found, str)


TABLE = tomli.loads((Path(requirements.__file__).parent / "conda_names.toml").read_text("utf-8"))


def test_the_table_is_sorted_and_says_only_what_is_needed() -> None:
    known = read_tables().distributions
    for part in TABLE.values():
        assert [*part] == sorted(part)
    for name, entry in TABLE["pypi"].items():
        assert canonicalize_name(name) != entry["name"] == canonicalize_name(entry["name"]), name
        assert entry["name"] in known, name
    assert all(canonicalize_name(name) in known for name in TABLE["conda"])
    names = [name for part in TABLE.values() for name in part]
    assert len(names) == len(set(names))


def test_each_line_of_the_table_has_its_page() -> None:
    pages = {
        name: entry["page"] for key in ("pypi", "debian") for name, entry in TABLE[key].items()
    }
    for name, page in {**pages, **TABLE["conda"]}.items():
        host, _, rest = page.partition("anaconda.org/")
        assert (host, rest.partition("/")[2]) == ("https://", name)


def test_debians_packages_are_those_of_the_programs_that_ops0_knows() -> None:
    of_programs = {one for program in read_tables().programs.values() for one in program.apt}
    for name, entry in TABLE["debian"].items():
        assert set(entry["apt"]) <= of_programs, name
