"""Files at an address among a project's requirements: read wherever they may stand, in one form, without a login."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from declaring import declared, texts
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement

from ops0.core.project_files import MemorySource
from ops0.core.requirements import places
from ops0.core.requirements.file_addresses import (
    BadAddress,
    FileAddress,
    hashes_in,
    named_by_file,
    read_file_address,
    same_file,
)
from ops0.core.requirements.files import project_declared
from ops0.core.requirements.notebooks import notebook_declared
from ops0.core.requirements.script import script_declared

URL = "https://x.example/a/acme-1-py3-none-any.whl"
HASH = "0f" * 32


@pytest.mark.parametrize(
    ("address", "fact"),
    [
        (URL, None),
        (f"{URL}#sha256={HASH.upper()}", None),
        (f"{URL}#egg=acme&sha256={HASH}", None),
        ("https://x.example:8443/acme-1%2Bcpu-py3-none-any.whl", None),
        ("http://127.0.0.1:80/a-1.tar.gz", None),
        ("http://[::1]/a-1.zip", None),
        (f"http://x.example/a-1.zip#sha256={HASH}", None),
        ("http://x.example/a-1.zip", "is not encrypted and names no sha256"),
        ("http://127.0.0.1.x.example/a-1.zip", "is not encrypted and names no sha256"),
        ("http://localhost.example/a-1.zip", "is not encrypted and names no sha256"),
        ("ftp://x.example/a-1.zip", "names a file by 'ftp'"),
        ("svn+https://x.example/a", "names a file by 'svn\\+https'"),
        (f"{URL}?token=abc", "has a query"),
        ("https://x.example/a b.whl", "something in its address"),
        ("https://x.example/${TOKEN}/a-1.zip", "something in its address"),
        ("https://x.example/a/../b-1.zip", "something in its address"),
        ("https://x.example/a%2f..%2fb-1.zip", "something in its address"),
        ("https://-u:p@x.example/b-1.zip", "something in its address"),
        ("https:///b-1.zip", "something in its address"),
        ("https://x.example/a.exe", "names no wheel and no source archive"),
        ("https://x.example/a%2Fb-1.zip", "names no wheel and no source archive"),
        ("https://x.example/", "something in its address"),
        (f"{URL}#md5=abc", "is no sha256"),
        (f"{URL}#sha256=abc", "is no sha256"),
        (f"{URL}#subdirectory=x", "names a folder in an archive"),
    ],
)
def test_what_an_address_names(address: str, fact: str | None) -> None:
    if fact is None:
        found = read_file_address(address)
        assert read_file_address(found.address) == found
        assert found.sha256 in (None, HASH)
        return
    with pytest.raises(BadAddress, match=fact) as caught:
        read_file_address(address)
    assert caught.value.hint
    assert "abc" not in f"{caught.value} {caught.value.hint}"


@given(st.text())
def test_any_address_is_one_form_or_refused(text: str) -> None:
    try:
        found = read_file_address(f"https://{text}")
    except BadAddress:
        return
    assert "@" not in found.url.split("/")[2]
    assert not set(found.filename) & set("/\\\0")
    assert read_file_address(found.address) == found
    assert Requirement(f"a @ {found.address}").url == found.address


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (URL, f"acme @ {URL}"),
        (f"{URL}#sha256={HASH} ; os_name == 'posix'", f"acme @ {URL}#sha256={HASH} ; os_name == 'posix'"),
        ("http://x.example/a_b-1.0-1-py3-none-any.whl", "a_b @ http://x.example/a_b-1.0-1-py3-none-any.whl"),
        ("https://x.example/a-b-1.0.tar.gz", "a-b @ https://x.example/a-b-1.0.tar.gz"),
        ("https://x.example/v1.0.zip", None),
        ("https://x.example/a.whl", None),
        ("https://x.example/a-b-main.zip", None),
    ],
)  # fmt: skip
def test_a_file_says_its_distribution(line: str, named: str | None) -> None:
    assert named_by_file(line) == named


def test_what_is_the_same_file() -> None:
    exact, other = f"{URL}#sha256={HASH}", f"{URL}#sha256={'1' * 64}"
    assert same_file(URL, exact)
    assert same_file(exact, exact)
    assert not same_file(exact, other)
    assert not same_file(URL, f"{URL}x")
    assert not same_file("git+https://x/a.git", "git+https://x/a.git#subdirectory=b")
    assert hashes_in(f"acme @ {exact} ; os_name == 'x'") == (HASH,)
    assert hashes_in(f"acme @ {URL}") == ()


def test_of_an_address_no_login_and_no_query_is_told(tmp_path: Path) -> None:
    text = "acme @ https://me:s3@x.example/a.whl?X-Signature=s3#sha256=0f"
    assert places.shown(text) == "acme @ https://x.example/a.whl?#sha256=0f"
    found = declared(
        tmp_path, requirements_txt=f"{text}\n{URL.replace('//', '//me:s3@')}?token=s3\n"
    )
    assert "s3" not in repr(found)
    assert [one.text for one in found.warnings] == ["the login in the address is not used"] * 2
    assert all("netrc" in str(one.hint) for one in found.warnings)


@pytest.mark.parametrize(
    "files",
    [
        {"requirements_txt": f"acme @ {URL}#sha256={HASH}"},
        {"requirements_txt": f"acme @ {URL} --hash=sha256:{HASH}"},
        {"requirements_txt": f"{URL} \\\n  --hash=sha256:{HASH}"},
        {"pyproject_toml": f'[project]\nname = "x"\ndependencies = ["acme @ {URL}#sha256={HASH}"]'},
        {
            "pyproject_toml": '[project]\nname = "x"\ndependencies = ["acme>=1"]\n'
            f'[tool.uv.sources]\nacme = {{ url = "{URL}#sha256={HASH}" }}'
        },
        {"pyproject_toml": f'[tool.poetry.dependencies]\nacme = {{ url = "{URL}#sha256={HASH}" }}'},
        {"Pipfile": f'[packages]\nacme = {{ file = "{URL}#sha256={HASH}" }}'},
    ],
)  # fmt: skip
def test_it_is_read_wherever_it_may_stand(tmp_path: Path, files: dict[str, str]) -> None:
    found = declared(tmp_path, **files)
    assert texts(found)[0] == f"acme @ {URL}#sha256={HASH}"
    assert texts(found)[1:] in ([], ["acme"]), (
        "its place said, uv's entry among dependencies says extras"
    )
    assert found.warnings == ()
    assert any(HASH in getattr(one, "hashes", ()) for one in found.constraints)


LOCKS = {
    "uv.lock": f'[[package]]\nname = "acme"\nversion = "1"\nsource = {{ url = "{URL}" }}\n'
    f'wheels = [\n    {{ url = "{URL}", hash = "sha256:{HASH}" }},\n]\n',
    "pylock.toml": f'[[packages]]\nname = "acme"\narchive = {{ url = "{URL}", hashes = {{ sha256 = "{HASH}" }} }}\n',
    "poetry.lock": '[[package]]\nname = "acme"\nversion = "1"\n'
    f'files = [\n    {{file = "acme.whl", hash = "sha256:{HASH}"}},\n]\n'
    f'[package.source]\ntype = "url"\nurl = "{URL}"\n',
    "pdm.lock": f'[[package]]\nname = "acme"\nversion = "1"\nurl = "{URL}"\n'
    f'files = [\n    {{url = "{URL}", hash = "sha256:{HASH}"}},\n]\n',
    "Pipfile.lock": json.dumps({"default": {"acme": {"file": URL, "hashes": [f"sha256:{HASH}"]}}}),
}


@pytest.mark.parametrize("lock", LOCKS)
def test_the_hash_of_a_lock_is_the_project_s_word(lock: str) -> None:
    exact = f"acme @ {URL}#sha256={HASH}"
    assert texts(project_declared(MemorySource({lock: LOCKS[lock]}))) == [exact]
    marker = "python_version > '3'"
    for line, text in {
        f"acme @ {URL}": exact,
        f"acme[x] @ {URL} ; {marker}": f"acme[x] @ {URL}#sha256={HASH} ; {marker}",
        f"acme @ {URL}#sha256={'1' * 64}": f"acme @ {URL}#sha256={'1' * 64}",
        "acme @ https://x.example/b/acme-1-py3-none-any.whl": "acme @ https://x.example/b/acme-1-py3-none-any.whl",
    }.items():
        files = {lock: LOCKS[lock], "requirements.txt": line}
        assert texts(project_declared(MemorySource(files))) == [text]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_without_a_hash_names_the_file_all_the_same(lock: str) -> None:
    """What an index has of that name never takes its place."""
    source = MemorySource({lock: LOCKS[lock].replace(HASH, "")})
    assert texts(project_declared(source)) == [f"acme @ {URL}"]


def test_an_address_that_its_hash_alone_makes_one_takes_that_of_the_lock() -> None:
    plain = URL.replace("https", "http")
    files = {"uv.lock": LOCKS["uv.lock"].replace(URL, plain), "requirements.txt": f"acme @ {plain}"}
    assert texts(project_declared(MemorySource(files))) == [f"acme @ {plain}#sha256={HASH}"]


def test_a_folder_in_an_archive_is_not_lost(tmp_path: Path) -> None:
    told = '[tool.uv.sources]\nacme = { url = "https://x.example/a-1.zip", subdirectory = "p/a" }\n'
    found = declared(tmp_path, pyproject_toml=told)
    assert texts(found) == ["acme @ https://x.example/a-1.zip#subdirectory=p/a"]


def test_scripts_and_notebooks_name_files_too() -> None:
    block = f'# /// script\n# dependencies = ["acme"]\n# [tool.uv.sources]\n# acme = {{ url = "{URL}" }}\n# ///\n'
    files = MemorySource({"flow.py": block, "flow.py.lock": LOCKS["uv.lock"]})
    assert texts(script_declared(files, "flow.py")) == [f"acme @ {URL}#sha256={HASH}", "acme"]
    cell = {"cell_type": "code", "source": f"!pip install {URL.replace('//', '//u:s3@')}"}
    book = json.dumps({"cells": [cell], "nbformat": 4, "nbformat_minor": 5, "metadata": {}})
    found = notebook_declared(MemorySource({"n.ipynb": book}), "n.ipynb")
    assert [one.text for one in found.notebook] == [f"acme @ {URL}"]
    assert "s3" not in repr(found)


def test_an_archive_without_a_name_is_called_as_its_file_is(tmp_path: Path) -> None:
    found = declared(
        tmp_path, requirements_txt="https://x.example/acme-1.0.tar.gz\nhttps://x.example/v2.zip\n"
    )
    assert texts(found) == ["acme @ https://x.example/acme-1.0.tar.gz"]
    assert ["taken to be acme's" in one.text for one in found.warnings] == [True, False]


def test_file_address_of_a_name_with_numbers() -> None:
    found = FileAddress(url="https://x.example/a-1%2Bcpu-py3-none-any.whl")
    assert (found.filename, found.is_wheel) == ("a-1+cpu-py3-none-any.whl", True)
