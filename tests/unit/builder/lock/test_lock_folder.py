from __future__ import annotations

import json
import os
import re
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from ops0.core.locked import Lock
from ops0.host import folders
from ops0_builder.lock import check_lock, lock_pipeline, read_lock
from ops0_builder.lock import folder as lock_folder
from ops0_builder.lock.errors import LockDamaged, LockStale
from ops0_builder.lock.folder import find, load, old_pins, store, stored_platforms
from ops0_builder.lock.inputs import inputs_digest, pipeline_inputs
from ops0_builder.lock.pipeline_index import index_name


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("OPS0_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "ops0.lock"


def targets(made, pipeline):
    return {step.name: made.target for step in pipeline.steps}


def save(made, folder, pipeline, version="1.0"):
    locks = [
        made.step_lock(step.name, *(made.distribution(need.name, version) for need in step.needs))
        for step in pipeline.steps
    ]
    lock = made.lock(pipeline, *locks)
    store(folder, pipeline, lock, pipeline_inputs(pipeline, targets(made, pipeline)))
    return lock


def test_a_stored_lock_is_read_back_without_starting_anything(made, folder):
    pipeline = made.pipeline(made.step("b", "numpy"), made.step("a", "pandas", "numpy"))
    lock = save(made, folder, pipeline)
    assert read_lock(pipeline, folder=folder, targets=targets(made, pipeline)).inputs == lock.inputs
    # The unit tests' guard lets no program start: an up-to-date lock asks neither uv nor pip.
    again = lock_pipeline(pipeline, folder=folder, root=folder, targets=targets(made, pipeline))
    assert [step.step for step in again.steps] == ["b", "a"]
    assert {step.step: step.digest for step in again.steps} == {
        step.step: step.digest for step in lock.steps
    }


def test_a_folder_that_the_locale_cannot_decode_holds_a_lock(made, tmp_path):
    folder = tmp_path / os.fsdecode(b"\xff") / "ops0.lock"
    pipeline = made.pipeline(made.step("a", "numpy"))
    lock = save(made, folder, pipeline)
    assert read_lock(pipeline, folder=folder, targets=targets(made, pipeline)).inputs == lock.inputs


def test_the_same_lock_gives_the_same_bytes(made, folder, tree):
    pipeline = made.pipeline(made.step("b", "numpy"), made.step("a", "pandas"))
    save(made, folder, pipeline)
    first = tree(folder)
    save(made, folder, pipeline)
    assert tree(folder) == first
    assert sorted(first) == ["flow.json", "pylock.a.toml", "pylock.b.toml"]


def test_what_a_killed_write_left_beside_the_lock_goes(made, folder, tree):
    pipeline = made.pipeline(made.step("a", "numpy"))
    save(made, folder, pipeline)
    before = tree(folder)
    (folder / f".pylock.a.toml.x{folders.ASIDE}").write_text("half")
    save(made, folder, pipeline)
    assert tree(folder) == before


def test_a_missing_lock_is_stale(made, folder):
    pipeline = made.pipeline(made.step("a", "numpy"))
    with pytest.raises(LockStale) as caught:
        read_lock(pipeline, folder=folder, targets=targets(made, pipeline))
    assert caught.value.changes == ("a: +numpy (new step)",)
    assert str(caught.value).endswith(": there is no lock yet")
    assert caught.value.hint == "make it: ops0 lock"
    assert caught.value.exit_code == 21
    with pytest.raises(LockStale) as caught:
        read_lock(pipeline, folder=folder, targets=targets(made, pipeline), wheelhouse=Path("my w"))
    assert "`ops0 lock --wheelhouse 'my w'`" in str(caught.value.hint)


def test_a_machine_with_another_python_is_told_how_all_agree(made, folder):
    pipeline = made.pipeline(made.step("a", "numpy"), made.step("b", "pandas"))
    save(made, folder, pipeline)
    other = {step.name: replace(made.target, python="3.14") for step in pipeline.steps}
    with pytest.raises(LockStale) as caught:
        read_lock(pipeline, folder=folder, targets=other)
    assert f'set python = "{made.target.python}"' in str(caught.value.hint)
    more = made.pipeline(made.step("a", "numpy", "scipy"), made.step("b", "pandas"))
    with pytest.raises(LockStale) as caught:
        read_lock(more, folder=folder, targets=other)
    assert "set python" not in str(caught.value.hint)


def test_a_missing_lock_of_nothing_is_stale_too(made, folder):
    pipeline = made.pipeline()
    with pytest.raises(LockStale) as caught:
        read_lock(pipeline, folder=folder, targets={})
    assert str(caught.value).endswith(": there is no lock yet")


def test_check_says_what_changed(made, folder):
    before = made.pipeline(made.step("a", "numpy"), made.step("b", "pandas"))
    save(made, folder, before)
    after = made.pipeline(made.step("a", "numpy>=2"), made.step("b", "pandas"))
    found = check_lock(after, folder=folder, targets=targets(made, after))
    assert [str(change) for change in found] == ["a: +numpy>=2 -numpy"]
    assert check_lock(before, folder=folder, targets=targets(made, before)) == ()


def test_files_of_steps_that_are_gone_go_too(made, folder, tree):
    save(made, folder, made.pipeline(made.step("a"), made.step("b")))
    save(made, folder, made.pipeline(made.step("b")))
    assert sorted(tree(folder)) == ["flow.json", "pylock.b.toml"]


def test_pipelines_that_share_a_folder_leave_each_other_alone(made, folder, tree):
    first = made.pipeline(made.step("load", "numpy"), made.step("a"), entry="flow.py")
    second = made.pipeline(made.step("load", "pandas"), entry="jobs/flow.py")
    save(made, folder, first)
    save(made, folder, second)
    assert sorted(tree(folder)) == [
        "flow.json",
        "jobs-flow.json",
        "pylock.a.toml",
        "pylock.jobs-flow-load.toml",
        "pylock.load.toml",
    ]
    for pipeline, name in ((first, "numpy"), (second, "pandas")):
        lock = read_lock(pipeline, folder=folder, targets=targets(made, pipeline))
        assert [entry.name for entry in lock.step("load").distributions] == [name]
    before = tree(folder)
    save(made, folder, first)
    assert tree(folder) == before


def test_two_pipelines_of_one_file_have_an_index_each(made):
    training = made.pipeline(entry="jobs/flow.py", name="training")
    assert index_name(training) == "jobs-flow.training.json"
    assert index_name(replace(training, name="flow")) == "jobs-flow.json"


def test_no_two_pipelines_have_one_index(made):
    pairs = [
        *(("jobs/flow.py", "flow"), ("jobs-flow.py", "jobs-flow"), ("jobs flow.py", "jobs-flow")),
        *(("jobs/flow.py", "jobs-flow"), ("flow.py", "flow"), ("Flow.py", "flow")),
        *(("flow.py", "Flow"), ("flow.ipynb", "flow"), ("_flow.py", "flow"), ("f.l.py", "l")),
        *(("训练.py", "p"), ("预测.py", "p"), ("flow.py", "训练"), ("flow.py", "预测")),
    ]
    names = [index_name(made.pipeline(entry=entry, name=name)) for entry, name in pairs]
    assert len(set(names)) == len(pairs)
    assert all(re.fullmatch(r"[a-z0-9_.-]+\.json", name) for name in names)


def test_the_longest_of_file_names_has_an_index_all_the_same(made):
    long, other = ("n" * 200 + end for end in ("a.py", "b.py"))
    names = {index_name(made.pipeline(entry=entry, name="n")) for entry in (long, other)}
    assert len(names) == 2
    assert max(map(len, names)) < 150


def test_a_file_in_the_place_of_the_folder_is_told(made, folder):
    folder.write_text("notes of mine")
    pipeline = made.pipeline(made.step("a", "numpy"))
    for ask in (lambda: load(folder, pipeline), lambda: save(made, folder, pipeline)):
        with pytest.raises(LockDamaged, match="is no folder") as caught:
            ask()
        assert "move it away" in caught.value.hint
    assert folder.read_text() == "notes of mine"


def test_an_index_that_names_another_pipeline_is_anothers(made, folder, tree):
    first = made.pipeline(made.step("a", "numpy"))
    second = made.pipeline(made.step("a", "pandas"), entry="other.py", name="other")
    save(made, folder, first)
    (folder / index_name(second)).write_bytes((folder / index_name(first)).read_bytes())
    assert load(folder, second) is None
    save(made, folder, second)
    for pipeline in (first, second):
        read_lock(pipeline, folder=folder, targets=targets(made, pipeline))


def test_a_lock_that_is_being_stored_is_read_whole(made, folder, monkeypatch):
    pipeline = made.pipeline(made.step("a", "numpy"), made.step("b", "numpy"))
    save(made, folder, pipeline)
    found, readers = [], []

    def write(path, data):
        write_aside(path, data)
        reader = threading.Thread(target=lambda: found.append(load(folder, pipeline)), daemon=True)
        reader.start()
        reader.join(0.2)  # long enough to see what is there, if nothing keeps it from it
        readers.append(reader)

    write_aside = lock_folder.write_aside
    monkeypatch.setattr(lock_folder, "write_aside", write)
    lock = save(made, folder, pipeline, "2.0")
    for reader in readers:
        reader.join()
    assert [one.lock.inputs if one else None for one in found] == [lock.inputs] * 3
    assert {one.lock.step("a").distributions[0].version for one in found} == {"2.0"}


def test_step_names_with_dots_give_valid_file_names(made, folder, tree):
    pipeline = made.pipeline(made.step("a.b", "x"), made.step("a-b", "y"), made.step("_a", "z"))
    save(made, folder, pipeline)
    assert sorted(tree(folder)) == [
        "flow.json",
        "pylock.a-b.toml",
        "pylock.a.toml",
        "pylock.flow-a-b.toml",
    ]
    lock = read_lock(pipeline, folder=folder, targets=targets(made, pipeline))
    assert [step.distributions[0].name for step in lock.steps] == ["x", "y", "z"]


def test_a_kill_between_the_files_leaves_no_lock_and_the_pins(made, folder, monkeypatch):
    pipeline = made.pipeline(made.step("a", "numpy"), made.step("b", "pandas"))
    save(made, folder, pipeline, "1.0")
    written = []

    def dies(path, data):
        if written:
            raise KeyboardInterrupt
        written.append(path)
        folders.write_aside(path, data)

    monkeypatch.setattr(lock_folder, "write_aside", dies)
    with pytest.raises(KeyboardInterrupt):
        save(made, folder, pipeline, "2.0")
    assert load(folder, pipeline) is None
    assert old_pins(folder, pipeline) == (None, {"numpy": "2.0", "pandas": "1.0"})


def edited(folder, name, change):
    path = folder / name
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


INDEX_DAMAGE = [
    ("format", lambda it: it.update(format=2)),
    ("format", lambda it: it.update(format="1")),
    ("inputs", lambda it: it.update(inputs="0" * 64)),
    ("inputs", lambda it: it.update(inputs=None)),
    ("steps", lambda it: it.update(steps=[])),
    ("steps.a.file", lambda it: it["steps"]["a"].update(file="../../etc/passwd")),
    ("steps.a.file", lambda it: it["steps"].update(a="pylock.a.toml")),
    ("steps.a.digest", lambda it: it["steps"]["a"].pop("digest")),
    ("tool.ops0.digest", lambda it: it["steps"]["a"].update(digest="0" * 64)),
    ("tool.ops0.step", lambda it: it["steps"]["a"].update(file="pylock.b.toml")),
    ("inputs", lambda it: it["steps"].pop("a")),
]


@pytest.mark.parametrize(("field", "change"), INDEX_DAMAGE)
def test_a_damaged_index_is_refused_with_its_field(made, folder, field, change):
    pipeline = made.pipeline(made.step("a", "numpy"), made.step("b", "pandas"))
    save(made, folder, pipeline)
    edited(folder, "flow.json", change)
    with pytest.raises(LockDamaged) as caught:
        read_lock(pipeline, folder=folder, targets=targets(made, pipeline))
    assert caught.value.field == field


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"3", b"\xff", b"[" * 100_000])
def test_an_index_that_is_no_index_is_refused(made, folder, data):
    pipeline = made.pipeline(made.step("a"))
    save(made, folder, pipeline)
    (folder / "flow.json").write_bytes(data)
    with pytest.raises(LockDamaged):
        load(folder, pipeline)


def test_a_file_that_is_gone_is_named(made, folder):
    pipeline = made.pipeline(made.step("a"))
    save(made, folder, pipeline)
    (folder / "pylock.a.toml").unlink()
    with pytest.raises(LockDamaged, match=r"pylock\.a\.toml"):
        load(folder, pipeline)


def test_a_damaged_lock_can_be_written_over(made, folder):
    pipeline = made.pipeline(made.step("a", "numpy"))
    save(made, folder, pipeline)
    (folder / "flow.json").write_text("{")
    lock = save(made, folder, pipeline, "2.0")
    assert load(folder, pipeline).lock.inputs == lock.inputs


ARM = "linux/arm64"


def save_for(made, folder, pipeline, platform):
    target = replace(made.target, platform=platform)
    place, _ = find(folder, pipeline, platform)
    locks = [
        replace(
            made.step_lock(step.name, *(made.distribution(n.name) for n in step.needs)),
            target=target,
        )
        for step in pipeline.steps
    ]
    wanted = {step.name: target for step in pipeline.steps}
    inputs = pipeline_inputs(pipeline, wanted)
    lock = Lock(inputs=inputs_digest(inputs), steps=tuple(locks))
    store(place, pipeline, lock, inputs)
    return wanted


def test_the_first_platform_has_the_folder_and_every_other_a_folder_in_it(made, folder, tree):
    pipeline = made.pipeline(made.step("a", "numpy"))
    save(made, folder, pipeline)
    alone = tree(folder)
    assert stored_platforms(folder, pipeline) == ("linux/amd64",)
    arm = save_for(made, folder, pipeline, ARM)
    assert {name: data for name, data in tree(folder).items() if "/" not in name} == alone
    assert sorted(set(tree(folder)) - set(alone)) == [
        "linux-arm64/flow.json",
        "linux-arm64/pylock.a.toml",
    ]
    assert stored_platforms(folder, pipeline) == ("linux/amd64", ARM)
    for wanted in (arm, targets(made, pipeline)):
        lock = read_lock(pipeline, folder=folder, targets=wanted)
        assert [step.target for step in lock.steps] == list(wanted.values())
    both = tree(folder)
    save_for(made, folder, pipeline, ARM)
    save(made, folder, pipeline)
    assert tree(folder) == both


def test_the_first_platform_is_whichever_was_locked_first(made, folder, tree):
    pipeline = made.pipeline(made.step("a", "numpy"))
    save_for(made, folder, pipeline, ARM)
    assert sorted(tree(folder)) == ["flow.json", "pylock.a.toml"]
    save_for(made, folder, pipeline, "linux/amd64")
    assert stored_platforms(folder, pipeline) == (ARM, "linux/amd64")


def test_a_platform_without_a_lock_is_stale_and_says_where_it_would_be(made, folder):
    pipeline = made.pipeline(made.step("a", "numpy"))
    save(made, folder, pipeline)
    wanted = {"a": replace(made.target, platform=ARM)}
    with pytest.raises(LockStale) as caught:
        read_lock(pipeline, folder=folder, targets=wanted)
    assert caught.value.place == str(folder / "linux-arm64")
    assert caught.value.changes == ("a: +numpy (new step)",)


def test_other_folders_and_other_pipelines_are_no_platforms(made, folder):
    pipeline, other = (
        made.pipeline(made.step("a")),
        made.pipeline(made.step("a"), entry="jobs/x.py"),
    )
    save(made, folder, pipeline)
    save_for(made, folder, other, ARM)
    (folder / "notes").mkdir()
    (folder / "notes" / index_name(pipeline)).write_text("{}")
    assert stored_platforms(folder, pipeline) == ("linux/amd64",)
    assert stored_platforms(folder, other) == (ARM,)


def test_a_damaged_lock_names_no_platform_and_counts_as_none_where_it_is_made_anew(made, folder):
    pipeline = made.pipeline(made.step("a", "numpy"))
    save(made, folder, pipeline)
    save_for(made, folder, pipeline, ARM)
    (folder / index_name(pipeline)).write_text("{")
    with pytest.raises(LockDamaged):
        find(folder, pipeline, "linux/amd64")
    assert find(folder, pipeline, "linux/amd64", anew=True) == (folder, None)
    assert stored_platforms(folder, pipeline, anew=True) == (ARM,)


def test_a_platform_whose_lock_is_being_written_is_not_missed(made, folder):
    pipeline = made.pipeline(made.step("a", "numpy"))
    save(made, folder / "linux-arm64", pipeline)
    index = folder / "linux-arm64" / index_name(pipeline)
    found = []
    asking = threading.Thread(target=lambda: found.append(stored_platforms(folder, pipeline)))
    with folders.file_lock(lock_folder._lock_path(index.parent)):
        away = index.rename(index.with_suffix(".away"))
        asking.start()
        asking.join(0.2)
        away.rename(index)
    asking.join(10)
    assert found == [(ARM,)]


@pytest.mark.parametrize("name", ["flow.json", "pylock.a.toml"])
def test_a_merge_that_stopped_is_told_and_asks_for_no_upgrade(made, folder, name):
    pipeline = made.pipeline(made.step("a", "numpy"))
    save(made, folder, pipeline)
    text = (folder / name).read_text()
    merged = f"<<<<<<< HEAD\n{text}=======\n{text}>>>>>>> other\n"
    (folder / name).write_text(merged)
    with pytest.raises(LockDamaged, match=rf"{name}: a merge stopped here") as caught:
        read_lock(pipeline, folder=folder, targets=targets(made, pipeline))
    assert caught.value.hint.endswith("git checkout HEAD -- ops0.lock`, then: ops0 lock")
