"""A project's own lock file is a declaration with a pin."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement

from ops0.core.errors import Ops0Error
from ops0.core.locked import Target
from ops0.core.project_files import MemorySource
from ops0.core.requirements.declared import applies
from ops0.core.requirements.files import ProjectDeclared, project_declared
from ops0.core.toml_text import UnreadableSettings

UV = """\
version = 1
[[package]]
name = "mine"
version = "0.1.0"
source = { editable = "." }
[[package]]
name = "pandas"
version = "2.2.3"
source = { registry = "https://example.org/simple" }
[[package]]
name = "numpy"
version = "1.26.4"
[[package]]
name = "numpy"
version = "2.1.0"
[[package]]
name = "forked"
version = "1.0"
source = { git = "https://example.org/forked.git" }
"""
PYLOCK = """\
lock-version = "1.0"
[[packages]]
name = "pandas"
version = "2.2.3"
[[packages]]
name = "folder"
version = "1.0"
directory = { path = "." }
[[packages]]
name = "no-version"
"""
POETRY = """\
[[package]]
name = "pandas"
version = "2.2.3"
[[package]]
name = "forked"
version = "1.0"
[package.source]
type = "git"
url = "https://example.org/forked.git"
"""


def declared(files: dict[str, str | bytes]) -> list[tuple[str, str]]:
    found = project_declared(MemorySource(files))
    return [(one.text, str(one.where)) for one in found.declarations]


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [("uv.lock", UV, 7), ("pylock.toml", PYLOCK, 3), ("poetry.lock", POETRY, 2)],
)
def test_pins_of_an_index_with_their_places(path: str, text: str, line: int) -> None:
    found = [one for one in declared({path: text}) if " @ " not in one[0]]
    assert found == [("pandas==2.2.3", f"{path}:{line}")]


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("uv.lock", UV.replace("forked.git", "forked.git?rev=v1#0f0f"), 17),
        ("poetry.lock", f'{POETRY}reference = "v1"\nresolved_reference = "0f0f"\n', 5),
        (
            "pylock.toml",
            (
                '[[packages]]\nname = "forked"\n[packages.vcs]\ntype = "git"\n'
                'url = "https://me:secret@example.org/forked.git"\ncommit-id = "0f0f"\n'
            ),
            2,
        ),
    ],
)
def test_what_comes_from_a_repository_is_said_and_never_asked_of_an_index(
    path: str, text: str, line: int
) -> None:
    found = [one for one in declared({path: text}) if " @ " in one[0]]
    assert found == [("forked @ git+https://example.org/forked.git@0f0f", f"{path}:{line}")]


def test_what_the_other_files_pin_is_not_pinned_again() -> None:
    files: dict[str, str | bytes] = {"uv.lock": UV, "requirements.txt": "Pandas==2.1.0\n"}
    assert [one for one in declared(files) if " @ " not in one[0]] == [
        ("Pandas==2.1.0", "requirements.txt:1")
    ]
    files["requirements.txt"] = "pandas>=2\n"
    assert [text for text, _ in declared(files) if " @ " not in text] == [
        "pandas>=2",
        "pandas==2.2.3",
    ]
    files["requirements.txt"] = "forked==1.0\n"  # made a wheel of
    assert [text for text, _ in declared(files)] == ["forked==1.0", "pandas==2.2.3"]


def test_the_first_lock_counts() -> None:
    assert [where for _, where in declared({"uv.lock": UV, "pylock.toml": PYLOCK})] == [
        "pylock.toml:3"
    ]


def test_a_broken_lock_is_one_clear_error() -> None:
    with pytest.raises(UnreadableSettings) as fault:
        project_declared(MemorySource({"uv.lock": "[["}))
    assert fault.value.path == "uv.lock"


ENTRIES = st.lists(
    st.dictionaries(
        st.sampled_from(["name", "version", "source", "vcs"]),
        st.sampled_from(['"a"', '"1.0"', '"; x"', '"\\u0000"', "3", "{}", '{ git = "x" }', "[]"]),
        max_size=4,
    ),
    max_size=4,
)


@given(ENTRIES)
def test_any_entries_are_declarations(entries: list[dict[str, str]]) -> None:
    text = "\n".join(
        "[[package]]\n" + "\n".join(f"{key} = {value}" for key, value in entry.items())
        for entry in entries
    )
    try:
        found: ProjectDeclared | Ops0Error = project_declared(MemorySource({"uv.lock": text}))
    except Ops0Error as fault:
        found = fault
    assert isinstance(found, ProjectDeclared)
    assert all("==" in one.text or " @ git+" in one.text for one in found.declarations)


FORKS = {
    "uv.lock": """\
version = 1
[[package]]
name = "numpy"
version = "2.0.2"
resolution-markers = ["python_full_version < '3.10' and sys_platform == 'linux'", "python_full_version < '3.9'"]
[[package]]
name = "numpy"
version = "2.3.1"
resolution-markers = ["python_full_version >= '3.10'"]
""",
    "poetry.lock": """\
[[package]]
name = "numpy"
version = "2.0.2"
markers = "python_version < \\"3.10\\""
[[package]]
name = "numpy"
version = "2.3.1"
[package.markers]
main = "python_version >= \\"3.10\\""
dev = "python_version >= \\"3.11\\""
""",
    "pylock.toml": """\
[[packages]]
name = "numpy"
version = "2.0.2"
marker = "python_version < '3.10'"
[[packages]]
name = "numpy"
version = "2.3.1"
marker = "python_version >= '3.10'"
""",
}


@pytest.mark.parametrize("file", FORKS)
@pytest.mark.parametrize(("python", "version"), [("3.9", "2.0.2"), ("3.12", "2.3.1")])
def test_of_several_versions_that_counts_which_the_lock_has_for_the_target(
    file: str, python: str, version: str
) -> None:
    """uv.lock pins numpy once for old Pythons and once for new ones: neither was used."""
    found = project_declared(MemorySource({file: FORKS[file]})).constraints
    target = Target(python=python, platform="linux/amd64", glibc=(2, 36))
    holding = [r for r in (Requirement(one.text) for one in found) if applies(r, target)]
    assert [str(one.specifier) for one in holding] == [f"=={version}"]


def a_big_lock(distributions: int, files: int) -> str:
    """As uv writes it: a line of 300 letters for each file of each distribution."""
    line = (
        f'    {{ url = "https://e.org/{"a" * 150}.whl", hash = "sha256:{"0" * 64}", size = 1 }},\n'
    )
    entry = '[[package]]\nname = "dist-{0}"\nversion = "1.{0}"\nsource = {{ registry = "https://e.org" }}\n'
    wheels = f"wheels = [\n{line * files}]\n"
    needs = 'dependencies = [\n    { name = "dist-0" },\n]\n'
    return "version = 1\n" + "".join(
        entry.format(number) + needs + wheels for number in range(distributions)
    )


def test_the_lock_of_a_large_project_is_read() -> None:
    """uv.lock of 400 distributions has 3.8 MB: it was taken for no TOML, and the project could not be worked on."""
    text = a_big_lock(400, 30)
    assert len(text) > 3_000_000
    found = project_declared(MemorySource({"uv.lock": text})).declarations
    assert len(found) == 400
    assert (found[7].text, found[7].where.line) == ("dist-7==1.7", 7 * 39 + 3)


def test_pins_and_places_of_pdm_count() -> None:
    text = """\
[metadata]
lock_version = "4.5.0"
[[package]]
name = "pandas"
version = "2.2.3"
files = [
    {file = "pandas-2.2.3.tar.gz", hash = "sha256:00"},
]
[[package]]
name = "mine"
version = "0.1.0"
editable = true
path = "./mine"
[[package]]
name = "forked"
version = "1.0"
git = "https://example.org/forked.git"
"""
    mine = ("mine @ file:mine", "pdm.lock:10")
    forked = ("forked @ git+https://example.org/forked.git", "pdm.lock:15")
    assert declared({"pdm.lock": text}) == [mine, forked, ("pandas==2.2.3", "pdm.lock:4")]


ONE, TWO = "a" * 64, "b" * 64
HASHED = {
    "uv.lock": f"""\
version = 1
[[package]]
name = "idna"
version = "3.7"
source = {{ registry = "https://example.org/simple" }}
sdist = {{ url = "https://example.org/idna-3.7.tar.gz", hash = "sha256:{ONE}", size = 1 }}
wheels = [
    {{ url = "https://example.org/idna-3.7-py3-none-any.whl", hash = "sha256:{TWO}", size = 1 }},
]
""",
    "pylock.toml": f"""\
lock-version = "1.0"
[[packages]]
name = "idna"
version = "3.7"
sdist = {{ name = "idna-3.7.tar.gz", hashes = {{ sha256 = "{ONE}" }} }}
[[packages.wheels]]
name = "idna-3.7-py3-none-any.whl"
[packages.wheels.hashes]
sha256 = "{TWO}"
""",
    "poetry.lock": f"""\
[[package]]
name = "idna"
version = "3.7"
files = [
    {{file = "idna-3.7.tar.gz", hash = "sha256:{ONE}"}},
    {{file = "idna-3.7-py3-none-any.whl", hash = "sha256:{TWO}"}},
]
""",
    "pdm.lock": f"""\
[[package]]
name = "idna"
version = "3.7"

[metadata.files]
"idna 3.7" = [
    {{url = "https://example.org/idna-3.7.tar.gz", hash = "sha256:{ONE}"}},
    {{url = "https://example.org/idna-3.7-py3-none-any.whl", hash = "sha256:{TWO}"}},
]
""",
    "Pipfile.lock": f"""\
{{"default": {{
    "idna": {{
        "hashes": ["sha256:{ONE}", "sha256:{TWO}"], "version": "==3.7"
    }}
}}, "develop": {{"six": {{"hashes": ["sha256:{ONE}"], "version": "==1.0"}}}}}}
""",
}


@pytest.mark.parametrize("file", HASHED)
def test_the_hashes_of_a_lock_hold_for_that_version(file: str) -> None:
    (held,) = project_declared(MemorySource({file: HASHED[file]})).held
    assert (held.text, held.hashes, held.binds) == ("idna==3.7", (ONE, TWO), False)
    assert held.where.path == file


def test_the_hashes_of_a_lock_hold_also_where_another_file_pins() -> None:
    files = {"uv.lock": HASHED["uv.lock"], "requirements.txt": "idna==3.7\n"}
    found = project_declared(MemorySource(files))
    assert [str(one.where) for one in found.declarations] == ["requirements.txt:1"]
    assert [one.hashes for one in found.held] == [(ONE, TWO)]


def test_of_several_versions_each_has_its_own_hashes() -> None:
    text = "".join(
        f"""[[package]]
name = "numpy"
version = "{version}"
resolution-markers = ["{marker}"]
wheels = [
    {{ url = "https://example.org/{version}.whl", hash = "sha256:{digest}" }},
]
"""
        for version, marker, digest in [
            ("2.0", "python_version < '3.10'", ONE),
            ("2.3", "python_version >= '3.10'", TWO),
        ]
    )
    found = project_declared(MemorySource({"uv.lock": text})).held
    assert [(one.text, one.hashes) for one in found] == [
        ("numpy==2.0", (ONE,)),
        ("numpy==2.3", (TWO,)),
    ]


@pytest.mark.parametrize(
    ("vcs", "text"),
    [
        ('type = "git", path = "../acme", commit-id = "0f"', "a @ git+file:../acme@0f"),
        ('type = "hg", url = "https://x.example/a", commit-id = "0f"', "a @ hg+https://x.example/a@0f"),
    ],
)  # fmt: skip
def test_a_repository_in_a_folder_or_of_another_kind_is_never_passed_over(
    vcs: str, text: str
) -> None:
    """Else an index would be asked for the name."""
    lock = f'lock-version = "1.0"\n[[packages]]\nname = "a"\nvcs = {{ {vcs} }}\n'
    assert [one[0] for one in declared({"pylock.toml": lock})] == [text]
