"""What a project's own files declare."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0.core.errors import ErrorGroup, Ops0Error
from ops0.core.pipeline import Where
from ops0.core.project_files import MemorySource
from ops0.core.requirements.declarations import Constraint, Declaration, EveryHash
from ops0.core.requirements.files import ProjectDeclared, project_declared
from ops0.core.requirements.logical_lines import logical_lines
from ops0.core.requirements.reading import (
    BadRequirementLine,
    MissingRequirements,
    RequirementsElsewhere,
)
from ops0.core.toml_text import BadSetting, UnreadableSettings, tables_of

UV_LOCK = """
version = 1
[[package]]
name = "anyio"
version = "4.0.0"
source = { registry = "https://example.org/simple" }
[[package]]
name = "idna"
version = "3.7"
source = { registry = "https://example.org/simple" }
"""


def declared(files: dict[str, str | bytes]) -> list[tuple[str, str]]:
    found = project_declared(MemorySource(files))
    return [(one.text, str(one.where)) for one in found.declarations]


def test_pyproject_and_requirements_are_joined() -> None:
    files: dict[str, str | bytes] = {
        "pyproject.toml": '[project]\ndependencies = [\n  "pandas>=2",\n  "httpx[http2]",\n]\n'
        '[project.optional-dependencies]\nx = ["torch"]\n',
        "requirements.txt": "numpy==1.26.4\n",
        "requirements.in": "never-read\n",
    }
    assert declared(files) == [
        ("pandas>=2", "pyproject.toml:3"),
        ("httpx[http2]", "pyproject.toml:4"),
        ("numpy==1.26.4", "requirements.txt:1"),
    ]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-8", "utf-8-sig"])
def test_a_file_of_another_encoding_is_read_by_its_mark(encoding: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    data = f"{mark}six==1.17.0\r\nnumpy\r\n".encode(encoding)
    assert declared({"requirements.txt": data}) == [
        ("six==1.17.0", "requirements.txt:1"),
        ("numpy", "requirements.txt:2"),
    ]


def test_a_requirements_file_as_pip_reads_it() -> None:
    text = (
        "\ufeff# top\n"
        "pandas >=2 ,<3  # why\n"
        "numpy==1.26.4 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"
        "\n"
        "torch ; python_version >= '3.9'\r\n"
        "thing @ https://example.org/thing-1.0-py3-none-any.whl#sha256=cc\n"
        "uvicorn[standard]"
    )
    assert declared({"requirements.txt": text}) == [
        ("pandas >=2 ,<3", "requirements.txt:2"),
        ("numpy==1.26.4", "requirements.txt:3"),
        ("torch ; python_version >= '3.9'", "requirements.txt:7"),
        ("thing @ https://example.org/thing-1.0-py3-none-any.whl#sha256=cc", "requirements.txt:8"),
        ("uvicorn[standard]", "requirements.txt:9"),
    ]


@pytest.mark.parametrize(
    "include",
    ["-r more/a.txt", "-rmore/a.txt", "--requirement more/a.txt", "--requirement=more/a.txt"],
)
def test_included_files_are_read_once_from_beside_the_includer(include: str) -> None:
    files: dict[str, str | bytes] = {
        "requirements.txt": f"{include}\nnumpy\n",
        "more/a.txt": "-r b.txt\npandas\n",
        "more/b.txt": "-r ../requirements.txt\nhttpx\n",
    }
    assert [text for text, _ in declared(files)] == ["httpx", "pandas", "numpy"]


@pytest.mark.parametrize(
    "line",
    ["--index-url https://example.org/simple", "-i https://example.org",
     "-e .", "--no-binary :all:",
     "./wheels/a.whl", "https://example.org/v1.0.tar.gz", "git+https://", "${SECRET}/a.whl"],
)  # fmt: skip
def test_what_is_not_used_is_told(line: str) -> None:
    found = project_declared(MemorySource({"requirements.txt": f"pandas\n{line}\n"}))
    assert [one.text for one in found.declarations] == ["pandas"]
    assert [warn.where for warn in found.warnings] == [Where("requirements.txt", 2)]
    assert found.warnings[0].hint


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("git+https://example.org/a.git", "write it with its name"),
        ("https://example.org/a.whl", "NAME @ https://HOST/PATH/FILE.whl"),
        ("svn+https://example.org/a", "pip download --no-deps"),
        ("./wheels/a.whl", "add it, or drop the line"),
        ("-e .", "the project's own modules are in its images anyway"),
        ("-i https://example.org", "pip's and uv's own settings"),
    ],
)
def test_what_is_not_used_is_told_with_what_helps(line: str, hint: str) -> None:
    (warning,) = project_declared(MemorySource({"requirements.txt": line})).warnings
    assert hint in str(warning.hint)


def test_hashes_without_a_sha256_are_told_once_a_file() -> None:
    text = "numpy==1 --hash=sha512:aa\npandas==2 \\\n  --hash=sha256:bb\n"
    found = project_declared(MemorySource({"requirements.txt": text}))
    assert [one.text for one in found.declarations] == ["numpy==1", "pandas==2"]
    assert [str(one.where) for one in found.warnings] == ["requirements.txt:1"]
    assert "`--hash` is not used" in found.warnings[0].text


def test_hashes_hold_for_the_file_of_what_they_stand_beside() -> None:
    one, two = "a" * 64, "B" * 64
    text = f"numpy==1 \\\r\n  --hash=sha256:{two} \\\r\n  --hash=sha256:{one}\r\npandas\r\n"
    found = project_declared(MemorySource({"requirements.txt": text}))
    held = Constraint("numpy==1", Where("requirements.txt", 1), (one, two.lower()))
    assert (found.held, found.warnings) == ((held,), ())
    assert held in found.constraints


@pytest.mark.parametrize("option", ["-c limits.txt", "-climits.txt", "--constraint=limits.txt"])
def test_a_constraints_file_holds_versions_and_asks_for_nothing(option: str) -> None:
    files = {
        "requirements.txt": f"{option}\npandas\n",
        "limits.txt": "-r more.txt\nsix==1.15.0\n",
        "more.txt": "idna<3\n",
    }
    found = project_declared(MemorySource(files))
    assert [one.text for one in found.declarations] == ["pandas"]
    assert found.held == (
        Constraint("idna<3", Where("more.txt", 1)),
        Constraint("six==1.15.0", Where("limits.txt", 2)),
    )
    assert found.warnings == ()


@pytest.mark.parametrize("option", ["-c", "-r", "--constraint=", "--requirement "])
def test_a_file_at_an_address_is_refused_and_the_address_not_repeated(option: str) -> None:
    line = f"{option}https://user:secret@example.org/limits.txt"
    with pytest.raises(RequirementsElsewhere) as fault:
        project_declared(MemorySource({"requirements.txt": f"pandas\n{line}\n"}))
    assert (str(fault.value.where), fault.value.exit_code) == ("requirements.txt:2", 7)
    assert "secret" not in f"{fault.value} {fault.value.hint}"


def test_require_hashes_is_read_from_included_files_too() -> None:
    files = {"requirements.txt": "-r a.txt\n", "a.txt": "--require-hashes\nsix==1\n"}
    found = project_declared(MemorySource(files))
    assert found.every_hash == EveryHash(Where("a.txt", 1))
    assert found.every_hash in found.constraints
    assert found.warnings == ()


def test_a_constraints_file_that_is_not_there_is_an_error() -> None:
    with pytest.raises(MissingRequirements):
        project_declared(MemorySource({"requirements.txt": "-c limits.txt\n"}))


def test_all_that_is_declared_constrains_what_it_is_needed_by() -> None:
    """What ``pip freeze`` or a lock pins beyond what the code imports."""
    files = {"requirements.txt": "httpx==0.27.0\nidna==3.4\n", "uv.lock": UV_LOCK}
    found = project_declared(MemorySource(files))
    assert [(one.text, one.where.path) for one in found.constraints] == [
        ("httpx==0.27.0", "requirements.txt"),
        ("idna==3.4", "requirements.txt"),
        ("anyio==4.0.0", "uv.lock"),
    ]


def test_a_warning_never_repeats_an_address() -> None:
    line = "--index-url https://user:secret@example.org/simple"
    found = project_declared(MemorySource({"requirements.txt": line}))
    assert "secret" not in repr(found.warnings)


def test_bad_lines_are_reported_together_with_their_places() -> None:
    with pytest.raises(ErrorGroup) as fault:
        project_declared(MemorySource({"requirements.txt": "pandas==\n-r none.txt\nok\nno good\n"}))
    assert [
        (type(one), one.exit_code, str(one).partition(": ")[0]) for one in fault.value.errors
    ] == [
        (BadRequirementLine, 7, "requirements.txt:1"),
        (MissingRequirements, 8, "requirements.txt:2"),
        (BadRequirementLine, 7, "requirements.txt:4"),
    ]


def test_an_include_may_not_leave_the_project() -> None:
    with pytest.raises(MissingRequirements):
        project_declared(
            MemorySource({"requirements.txt": "-r ../../etc/passwd", "../../etc/passwd": "x"})
        )


@pytest.mark.parametrize("text", ["[project]\ndependencies = 3", "[project]\ndependencies = [3]"])
def test_dependencies_of_the_wrong_kind(text: str) -> None:
    with pytest.raises(BadSetting) as fault:
        project_declared(MemorySource({"pyproject.toml": text}))
    assert fault.value.where == Where("pyproject.toml", 2)


def test_a_broken_pyproject_is_one_clear_error() -> None:
    with pytest.raises(UnreadableSettings):
        project_declared(MemorySource({"pyproject.toml": "[project"}))


def test_a_project_may_declare_nothing() -> None:
    assert declared({}) == []
    assert declared({"pyproject.toml": "[tool.x]\n"}) == []
    assert declared({"pyproject.toml": "project = 3\n"}) == []


def test_a_declaration_made_twice_at_one_place_counts_once() -> None:
    found = project_declared(
        MemorySource({"pyproject.toml": '[project]\ndependencies = ["a", "a"]'})
    )
    assert found.declarations == (Declaration("a", Where("pyproject.toml", 2)),)


def outcome(text: str) -> ProjectDeclared | Ops0Error:
    try:
        return project_declared(MemorySource({"requirements.txt": text, "a": text}))
    except Ops0Error as fault:
        return fault


@given(st.text(alphabet=st.sampled_from("abc-r \\\n#=<>@;[]/.'\"{}$\x00é"), max_size=80))
def test_any_text_is_declarations_or_one_of_our_errors(text: str) -> None:
    found = outcome(text)
    if isinstance(found, ProjectDeclared):
        lines = text.count("\n") + 1
        assert all(1 <= one.where.line <= lines for one in found.declarations)
    else:
        assert str(found).startswith(("requirements.txt:", "a:"))


@given(st.lists(st.text(alphabet="ab #", max_size=6), max_size=8))
def test_logical_lines_lose_nothing_but_comments(lines: list[str]) -> None:
    expected = [
        (number, line.strip()) for number, line in enumerate(lines, start=1) if line.strip()
    ]
    without = [(number, line) for number, line in expected if "#" not in line]
    got = list(logical_lines("\n".join(lines)))
    assert [one for one in got if one in expected and "#" not in one[1]] == [
        one for one in got if one in without
    ]
    assert set(without) <= set(got)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xef\xbb\xbfa = 1", {"a": 1}),
        (b"a = [", None),
        (b"a = " + b"[" * 100_000, None),
        (b"a = '\xff'", None),
        (None, None),
    ],
)
def test_a_file_of_others_that_is_no_toml_says_nothing(
    data: bytes | None, said: dict[str, int] | None
) -> None:
    assert tables_of(data) == said
