"""An index that lies: it has another wheel than the project's own lock names for the very same version."""

from __future__ import annotations

import json

import pytest
from locking import TARGET, a_pipeline, a_step, a_wheel, sha256, versions

from ops0.core.project_files import MemorySource
from ops0.core.requirements.files import project_declared
from ops0_builder.lock import check_lock, lock_pipeline
from ops0_builder.lock.constraints import OtherFile, Unhashed
from ops0_builder.lock.errors import Conflict

STEP = a_step("s", "client")
NAMES = "names-1.0-py3-none-any.whl"


def uv(digest: str) -> str:
    wheel = f'{{ url = "https://example.org/{NAMES}", hash = "sha256:{digest}", size = 1 }}'
    return f'[[package]]\nname = "names"\nversion = "1.0"\nwheels = [\n    {wheel},\n]\n'


def poetry(digest: str) -> str:
    file = f'{{file = "{NAMES}", hash = "sha256:{digest}"}}'
    return f'[[package]]\nname = "names"\nversion = "1.0"\nfiles = [\n    {file},\n]\n'


def pylock(digest: str) -> str:
    wheel = f'{{ name = "{NAMES}", hashes = {{ sha256 = "{digest}" }} }}'
    return f'[[packages]]\nname = "names"\nversion = "1.0"\nwheels = [{wheel}]\n'


def pipenv(digest: str) -> str:
    entry = {"hashes": [f"sha256:{digest}"], "version": "==1.0"}
    return json.dumps({"default": {"names": entry}}, indent=4)


def pip(digest: str) -> str:
    return f"names==1.0 --hash=sha256:{digest}\n"


FILES = {
    "uv.lock": uv,
    "poetry.lock": poetry,
    "pylock.toml": pylock,
    "Pipfile.lock": pipenv,
    "requirements.txt": pip,
}


@pytest.fixture(autouse=True)
def what_the_project_was_locked_with(index):
    index.add(a_wheel("client", "1.0", "names>=1"))
    index.add(a_wheel("names", "1.0"), a_wheel("names", "2.0"))


def locked(project, **files: str):
    named = {name.replace("__", "."): files[name] for name in files}
    lock = lock_pipeline(
        a_pipeline(STEP),
        folder=project.folder,
        root=project.root,
        targets={"s": TARGET},
        constraints=project_declared(MemorySource(named)).constraints,
    )
    return versions(lock, "s")


@pytest.mark.parametrize("file", FILES)
def test_a_wheel_of_that_version_that_the_lock_does_not_name_is_refused(project, index, file):
    right = sha256(index.files[NAMES])
    index.add(a_wheel("names", "1.0", body="import os  # not what was locked\n"))
    with pytest.raises(OtherFile) as fault:
        locked(project, **{file: FILES[file](right)})
    assert (fault.value.filename, fault.value.exit_code) == (NAMES, 27)
    assert fault.value.place.startswith(f"{file}:")
    assert not project.folder.exists()


@pytest.mark.parametrize("file", FILES)
def test_the_wheel_that_the_lock_names_is_taken(project, index, file):
    right = sha256(index.files[NAMES])
    assert locked(project, **{file: FILES[file](right)}) == {"client": "1.0", "names": "1.0"}


def test_a_stored_lock_is_out_of_date_when_the_projects_lock_names_other_files(project, index):
    right = sha256(index.files[NAMES])
    locked(project, uv__lock=uv(right))
    place = {"folder": project.folder, "targets": {"s": TARGET}}

    def changes(**files: str) -> list[str]:
        source = MemorySource({name.replace("__", "."): files[name] for name in files})
        said = project_declared(source).constraints
        return [str(one) for one in check_lock(a_pipeline(STEP), constraints=said, **place)]

    index.asked.clear()
    assert changes(uv__lock=uv(right)) == []
    assert changes(uv__lock=uv("0" * 64)) == [
        "s: (another file of names is locked than uv.lock:2 names)"
    ]
    assert changes(environment__yml="dependencies:\n- pip:\n  - names==2.0\n") == [
        "s: (names 1.0 is locked, environment.yml:3 says names==2.0)"
    ]
    assert index.asked == []


def test_where_each_file_must_have_a_hash_all_that_have_none_are_named(project, index):
    right = sha256(index.files[NAMES])
    with pytest.raises(Unhashed) as fault:
        locked(project, requirements__txt=f"--require-hashes\n{pip(right)}")
    assert fault.value.missing == ("client==1.0",)
    assert not project.folder.exists()


def test_two_files_that_exclude_each_other_are_named_with_their_places(project):
    with pytest.raises(Conflict) as fault:
        locked(
            project,
            requirements__txt="names==1.0\n",
            environment__yml="dependencies:\n- pip:\n  - names>=2,<3\n",
        )
    assert set(fault.value.held) == {
        ("requirements.txt:1", "names==1.0"),
        ("environment.yml:3", "names<3,>=2"),
    }
