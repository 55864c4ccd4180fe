"""A project for several platforms: which ones, under which keys, told how."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from click.testing import CliRunner

from ops0.cli import work as works
from ops0.cli.foresight import _file
from ops0.cli.main import ops0_command
from ops0.cli.platforms import BuiltOn, for_engine, works_for
from ops0.cli.pushing import step_keys
from ops0.cli.show.built import built_json
from ops0.cli.work import Work
from ops0.core.configuration.settings import Settings
from ops0.host.project import Project

BOTH = ("linux/arm64", "linux/amd64")


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(works, "machine", lambda: "x86_64")


def project(*platforms: str) -> Work:
    settings = Settings(platform=platforms)
    return Work(Project(root=Path("/p"), entry="flow.py", settings=settings, roots=("",)))


def test_the_flag_comes_before_the_settings() -> None:
    work = project(*BOTH)
    assert [one.target.platform for one in works_for(work, ())] == list(BOTH)
    assert [one.target.platform for one in works_for(work, ["linux/arm64"])] == ["linux/arm64"]
    assert [one.target.platform for one in works_for(project(), BOTH)] == list(BOTH)
    assert [one.target.platform for one in works_for(project(), ())] == ["linux/amd64"]


def test_one_alone_is_this_machines_else_the_first() -> None:
    assert project(*BOTH).target.platform == "linux/amd64"
    assert project("linux/arm64", "linux/s390x").target.platform == "linux/arm64"
    assert project("linux/arm64").platforms == ("linux/arm64",)


def test_a_run_takes_the_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    class Engine:
        def call(self, *_: object) -> Any:
            return SimpleNamespace(json=lambda: {"Os": "linux", "Arch": "arm64"})

    work = project(*BOTH)
    work.__dict__["engine"] = Engine()
    assert for_engine(work).target.platform == "linux/arm64"
    other = project("linux/amd64", "linux/s390x")
    other.__dict__["engine"] = Engine()
    assert for_engine(other).target.platform == "linux/amd64"  # which the run refuses, as ever
    assert for_engine(project("linux/s390x")).target.platform == "linux/s390x"  # nobody is asked


def test_each_platform_keeps_the_tags_that_it_asks_for() -> None:
    arm, amd = works_for(project(*BOTH), ())
    assert _file(arm) != _file(amd)
    assert _file(amd) == _file(project())


def built(platform: str, key: str) -> BuiltOn:
    images = [SimpleNamespace(step="train", tag=f"ops0/flow/train:{key}", key=key * 64)]
    plan = SimpleNamespace(images=images, pipeline=SimpleNamespace(name="flow"))
    made = SimpleNamespace(plan=plan, digests={"train": f"sha256:{key}"}, made=("train",))
    work = SimpleNamespace(target=SimpleNamespace(platform=platform))
    return BuiltOn(work=cast("Any", work), built=cast("Any", made))


def test_an_index_has_a_key_of_its_own_whatever_the_order() -> None:
    arm, amd = built("linux/arm64", "a"), built("linux/amd64", "b")
    assert step_keys([arm]) == {"train": "a" * 64}
    joined = step_keys([arm, amd])
    assert joined == step_keys([amd, arm])
    assert joined["train"] not in ("a" * 64, "b" * 64)  # type: ignore[index]


def test_what_json_says_of_two_platforms() -> None:
    builds = [built("linux/arm64", "a"), built("linux/amd64", "b")]
    pushed = {
        "train": {
            "reference": "r.example/flow@sha256:i",
            "digest": "sha256:i",
            "tags": ["train-1"],
            "platforms": {
                "linux/arm64": {"digest": "sha256:a", "attached": {"sbom": "sha256:s"}},
                "linux/amd64": {"digest": "sha256:b"},
            },
        }
    }
    told: Any = built_json(builds, pushed)["train"]
    assert (told["digest"], told["tags"]) == ("sha256:i", ["train-1"])
    assert told["platforms"]["linux/arm64"]["attached"] == {"sbom": "sha256:s"}
    assert told["platforms"]["linux/amd64"]["tag"] == "ops0/flow/train:b"
    plain: Any = built_json(builds[:1], {})["train"]
    assert plain["tag"] == "ops0/flow/train:a"
    assert "platforms" not in plain


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--platform", "linux/amd64,linux/arm64", "--check"], "for one platform"),
        (["--platform", "linux/riscv"], "'linux/riscv' is none of"),
        (["--tag", "v1"], "go with --push"),
        (["--no-attest"], "go with --push"),
    ],
)
def test_what_does_not_go_together(
    words: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "flow.py").write_text("import ops0\n\n@ops0.step\ndef one():\n    return 1\n")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(ops0_command, ["build", "flow.py", *words])
    assert done.exit_code == 2
    assert told in " ".join(done.output.split())
