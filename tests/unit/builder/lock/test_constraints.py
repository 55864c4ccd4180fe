"""What a project says of versions and files, held against targets and locks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ops0.core.locked import StepLock, Target
from ops0.core.pipeline import StepName, Where
from ops0_builder.lock.constraints import (
    Constraint,
    EveryHash,
    OtherFile,
    Unhashed,
    addresses_on,
    check_hashes,
    held_on,
    unfit,
)


def said(text: str, *hashes: str) -> Constraint:
    return Constraint(text, Where("requirements.txt", 3), hashes)


def a_lock(made, *distributions) -> tuple[StepLock, ...]:
    step = StepLock(
        step=StepName("one"), target=made.target, distributions=distributions, digest="d"
    )
    return (step,)


def test_what_binds_a_version_is_without_extras_and_markers(made):
    constraints = [
        said("idna==3.4"),
        said("IDNA == 3.4"),
        said("httpx[http2] >=0.2,<1; sys_platform == 'linux'"),
        said("pywin32==306; sys_platform == 'win32'"),
        said("bare"),
        said("Bare"),
        said("local @ file:///x/local-1-py3-none-any.whl"),
    ]
    assert [(one.name, one.text) for one in held_on(constraints, made.target)] == [
        ("httpx", "httpx<1,>=0.2"),
        ("idna", "idna==3.4"),
    ]


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("idna==1.0", True),
        ("Idna == 1.0", True),
        ("idna==1.0.0", True),
        ("idna>=1,<2", True),
        ("idna==1.1", False),
        ("idna[all]==1.1", False),
        ("idna==1.1; sys_platform == 'win32'", True),
        ("idna @ file:///x ; sys_platform == 'win32'", True),
        ("idna", True),
        ("other==5", True),
    ],
)
def test_a_locked_version_that_is_forbidden_is_a_change(made, text, fits):
    found = unfit(a_lock(made, made.distribution("idna")), [said(text)])
    assert [str(one) for one in found] == (
        [] if fits else [f"one: (idna 1.0 is locked, requirements.txt:3 says {text})"]
    )


def test_what_is_locked_from_an_index_and_has_a_place_is_a_change(made):
    for text in ("idna @ file:///x", "idna @ git+https://x.example/idna.git@v1"):
        found = unfit(a_lock(made, made.distribution("idna")), [said(text)])
        fact = f"idna 1.0 is locked from an index, requirements.txt:3 says {text}"
        assert [str(one) for one in found] == [f"one: ({fact})"]


def test_addresses_hold_on_their_targets_from_the_project_s_root(made):
    texts = ("a @ file:///flow/../libs/a", "b @ git+https://x.example/b@v1#egg=b", "c==1")
    other = "d @ file:///x ; sys_platform == 'win32'"
    found = addresses_on([said(one) for one in (*texts, other)], Target(python="3.11"), "/flow")
    assert found == {"a": "file:../libs/a", "b": "git+https://x.example/b@v1"}


def test_a_pre_release_that_is_locked_may_stay(made):
    lock = a_lock(made, made.distribution("idna", "2.0rc1"))
    assert unfit(lock, [said("idna>=1")]) == ()


def test_a_file_must_be_one_of_those_that_are_named(made):
    entry = made.distribution("idna")
    lock = a_lock(made, entry)
    assert unfit(lock, [said("idna==1.0", "0" * 64, entry.wheel.sha256)]) == ()
    check_hashes(lock, [said("idna==1.0", "0" * 64, entry.wheel.sha256)])
    check_hashes(lock, [said("idna==1.0; sys_platform == 'win32'", "0" * 64)])
    (change,) = unfit(lock, [said("idna", "0" * 64)])
    assert "another file of idna" in str(change)
    with pytest.raises(OtherFile) as fault:
        check_hashes(lock, [said("idna==1.0", "0" * 64)])
    assert (fault.value.exit_code, fault.value.sha256) == (27, entry.wheel.sha256)
    assert str(fault.value).startswith("requirements.txt:3: ")


def test_of_a_wheel_that_was_built_here_the_source_archive_counts(made):
    entry = made.distribution("idna")
    built = replace(entry, sdist=replace(entry.wheel, filename="idna-1.0.tar.gz", sha256="5" * 64))
    check_hashes(a_lock(made, built), [said("idna", "5" * 64)])
    with pytest.raises(OtherFile):
        check_hashes(a_lock(made, built), [said("idna", entry.wheel.sha256)])


def test_hashes_of_one_version_bind_no_other(made):
    entry = made.distribution("idna")
    lock = a_lock(made, entry)

    def of(text, *hashes):
        return Constraint(text, Where("uv.lock", 3), hashes, binds=False)

    other = of("idna==2.0", "0" * 64)
    assert (held_on([other], made.target), unfit(lock, [other])) == ((), ())
    check_hashes(lock, [other, of("idna==1.0", "0" * 64, entry.wheel.sha256)])
    for text in ("idna==1.0", "idna==1.0.0"):
        with pytest.raises(OtherFile, match=r"^uv\.lock:3: "):
            check_hashes(lock, [other, of(text, "0" * 64)])
        (change,) = unfit(lock, [of(text, "0" * 64)])
        assert str(change) == "one: (another file of idna is locked than uv.lock:3 names)"


def test_each_file_must_have_a_hash_where_that_is_wanted(made):
    hashed, bare = made.distribution("idna"), made.distribution("six")
    lock = a_lock(made, hashed, bare)
    every = EveryHash(Where("requirements.txt", 1))
    named = said("idna==1.0", hashed.wheel.sha256)
    with pytest.raises(Unhashed) as fault:
        check_hashes(lock, [every, named])
    assert (fault.value.missing, fault.value.exit_code) == (("six==1.0",), 27)
    assert str(fault.value).startswith("requirements.txt:1: ")
    (change,) = unfit(lock, [named, every])
    assert str(change) == "one: (no hash is named for six 1.0, requirements.txt:1 wants one)"
    other = said("six==2.0; sys_platform == 'win32'", "0" * 64)
    with pytest.raises(Unhashed):
        check_hashes(lock, [every, named, other])
    check_hashes(lock, [every, named, said("six", bare.wheel.sha256)])
    assert unfit(lock, [every, named, said("six", bare.wheel.sha256)]) == ()
