"""Versions count up, the same again makes none, one is in force, and earlier ones come back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Thread

import pytest

from ops0_builder.deploy import registry_records
from ops0_builder.deploy.document import write_record
from ops0_builder.deploy.errors import DeploymentDamaged, DeploymentRace, NoDeployment
from ops0_builder.deploy.local_records import LocalRecords, deployed_images, local_names
from ops0_builder.deploy.records import Seal, Taken, find, record, roll_back
from ops0_builder.deploy.values import Deployed

from .conftest import deployed

pytestmark = pytest.mark.usefixtures("state")


def test_versions_count_up_and_the_newest_is_in_force() -> None:
    records = LocalRecords("flow")
    assert (records.environments(), records.versions("test")) == ((), ())
    first, new = record(records, deployed("a"))
    assert (first.version, new) == (1, True)
    second, new = record(records, deployed("b"))
    assert (second.version, new) == (2, True)
    other, new = record(records, deployed("b", environment="prod"))
    assert (other.version, new) == (1, True)
    assert records.environments() == ("prod", "test")
    assert find(records, "flow", "test", None) == second
    assert find(records, "flow", "test", 1) == first


def test_the_same_again_makes_no_version() -> None:
    records = LocalRecords("flow")
    first, _ = record(records, deployed("a"))
    later = deployed("a", created="2027-01-01T00:00:00Z", revision="c" * 40)
    assert record(records, later) == (first, False)
    changed, new = record(records, deployed("a", params={"path": "z.csv"}))
    assert (changed.version, new) == (2, True)


def test_an_earlier_version_comes_back_and_the_next_one_counts_on() -> None:
    records = LocalRecords("flow")
    for mark in "abc":
        record(records, deployed(mark))
    assert roll_back(records, "flow", None, None).version == 2
    assert roll_back(records, "flow", "test", None).version == 1
    with pytest.raises(NoDeployment):
        roll_back(records, "flow", "test", None)
    assert find(records, "flow", None, None).version == 1
    again, new = record(records, deployed("c"))
    assert (again.version, new) == (4, True)
    assert roll_back(records, "flow", None, 3).version == 3


class Meanwhile(LocalRecords):
    """Something else is begun while a version is put in force."""

    def __init__(self, name: str, other: Thread) -> None:
        super().__init__(name)
        object.__setattr__(self, "other", other)

    def set_current(self, environment: str, version: int, seal: Seal | None = None) -> None:
        other: Thread = self.other  # type: ignore[attr-defined]
        other.start()
        other.join(timeout=0.3)  # were it not to wait, it would be done before us
        super().set_current(environment, version, seal)


def test_of_two_deploys_at_once_the_later_version_is_in_force() -> None:
    records = LocalRecords("flow")
    other = Thread(target=lambda: record(records, deployed("b")))
    assert record(Meanwhile("flow", other), deployed("a"))[0].version == 1
    other.join()
    assert (records.versions("test"), records.current("test")) == ((1, 2), 2)


def test_a_rollback_waits_for_a_deploy() -> None:
    records = LocalRecords("flow")
    record(records, deployed("a"))
    other = Thread(target=lambda: roll_back(records, "flow", "test", None))
    record(Meanwhile("flow", other), deployed("b"))
    other.join()
    assert records.current("test") == 1


def test_what_is_not_there_is_named_with_what_is() -> None:
    records = LocalRecords("flow")
    with pytest.raises(NoDeployment) as fault:
        find(records, "flow", "test", None)
    assert (fault.value.known, fault.value.exit_code) == ((), 101)
    record(records, deployed("a"))
    record(records, deployed("a", environment="prod"))
    with pytest.raises(NoDeployment) as fault:
        find(records, "flow", None, None)
    assert fault.value.known == ("prod", "test")
    with pytest.raises(NoDeployment) as fault:
        find(records, "flow", "tset", None)
    assert fault.value.known == ("prod", "test")
    with pytest.raises(NoDeployment) as fault:
        find(records, "flow", "test", 7)
    assert fault.value.known == ("1",)
    with pytest.raises(NoDeployment) as fault:
        find(LocalRecords("folw"), "folw", "test", None)
    assert fault.value.known == ("flow",)
    with pytest.raises(NoDeployment) as fault:
        find(LocalRecords("flow@2"), "flow@2", None, None)
    assert fault.value.hint == "a version goes by its option: flow --version 2"


def test_no_earlier_version_is_told_with_all_there_are() -> None:
    records = LocalRecords("flow")
    record(records, deployed("a"))
    record(records, deployed("b"))
    roll_back(records, "flow", "test", None)
    with pytest.raises(NoDeployment) as fault:
        roll_back(records, "flow", "test", None)
    fact = "flow --env test: version 1 is in force, and there is none before it"
    assert (str(fault.value), fault.value.hint) == (
        fact,
        "versions: 1, 2; to the newest: ops0 rollback flow --env test --to 2",
    )


def test_a_deploy_that_was_cut_off_before_it_said_so_is_in_force() -> None:
    records = LocalRecords("flow")
    record(records, deployed("a"))
    records.add(deployed("b", version=2))
    assert records.current("test") == 1
    (records.folder / "test" / "current").write_text("9\n")
    assert records.current("test") == 2
    (records.folder / "test" / "current").unlink()
    assert records.current("test") == 2


def test_no_version_is_written_twice() -> None:
    records = LocalRecords("flow")
    records.add(deployed("a"))
    with pytest.raises(Taken):
        records.add(deployed("b"))
    assert records.read("test", 1) == deployed("a")
    assert [one.name for one in (records.folder / "test").iterdir()] == ["1.json"]


def test_a_damaged_record_is_an_error() -> None:
    records = LocalRecords("flow")
    record(records, deployed("a"))
    path = records.folder / "test" / "1.json"
    path.with_name("2.json").write_bytes(path.read_bytes())
    with pytest.raises(DeploymentDamaged):
        records.read("test", 2)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DeploymentDamaged):
        records.read("test", 1)


def test_images_of_every_version_are_kept_until_it_is_forgotten(state: Path) -> None:
    records = LocalRecords("flow")
    record(records, deployed("a"))
    record(records, deployed("b"))
    (state / "deployments" / "a-file").write_text("")
    assert local_names() == ("flow",)
    assert {f"sha256:{mark * 64}" for mark in "ab"} <= deployed_images()
    records.remove("test", 1)
    records.remove("test", 1)
    assert f"sha256:{'a' * 64}" not in deployed_images()
    assert f"sha256:{'b' * 64}" in deployed_images()
    records.remove("test", 2)
    assert deployed_images() == frozenset()
    assert records.environments() == ()
    assert records.current("test") is None
    assert [one.name for one in (records.folder / "test").iterdir()] == []


@dataclass
class Busy:
    """Records where somebody else always comes first, up to a point."""

    until: int
    place: str = "in a busy place"
    held: dict[int, Deployed] = field(default_factory=dict)
    at: int | None = None

    def environments(self) -> tuple[str, ...]:
        return ("test",)

    def others(self) -> tuple[str, ...]:
        return ()

    def versions(self, environment: str) -> tuple[int, ...]:
        return tuple(self.held)

    def current(self, environment: str) -> int | None:
        return self.at

    def read(self, environment: str, version: int) -> Deployed:
        return self.held[version]

    def add(self, one: Deployed) -> None:
        if one.version <= self.until:
            raise Taken
        self.held[one.version] = one

    def set_current(self, environment: str, version: int, seal: Seal | None = None) -> None:
        self.at = version


def test_a_number_that_is_just_taken_is_followed_by_the_next() -> None:
    records = Busy(until=3)
    assert record(records, deployed("a"))[0].version == 4
    with pytest.raises(DeploymentRace):
        record(Busy(until=1000), deployed("a"))


@pytest.mark.parametrize(
    "bad",
    [
        deployed("a", engine="unix:///elsewhere.sock"),
        deployed(
            "a",
            images=tuple(
                replace(one, reference="ops0/flow/load:0123456789abcdef")
                for one in deployed("a").images
            ),
        ),
        deployed("a", environment="prod"),
        deployed("a", version=2),
    ],
)
def test_a_record_from_a_registry_cannot_choose_the_engine_or_be_another(
    bad: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry_records, "get_artifact", lambda *_, **__: write_record(bad))
    with pytest.raises(DeploymentDamaged):
        registry_records.RegistryRecords("registry.example/team/flow").read("test", 1)


@pytest.mark.parametrize(
    ("repository", "version"),
    [("registry.example/team/other", 1), ("registry.example/team/flow", 2)],
)
def test_a_signed_record_shown_as_another_deployments_is_refused(
    repository: str, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = deployed()
    monkeypatch.setattr(registry_records, "get_artifact", lambda *_, **__: write_record(good))
    own = registry_records.RegistryRecords("registry.example/team/flow")
    pinned = f"{own.repository}@sha256:{'a' * 64}"
    assert own.read_pinned(pinned, "test", 1) == good
    with pytest.raises(DeploymentDamaged, match="the record of flow test version 1"):
        registry_records.RegistryRecords(repository).read_pinned(pinned, "test", version)


def test_what_is_not_deployed_is_answered_with_the_nearest_that_is() -> None:
    assert NoDeployment("chrun", "here", ["churn", "demo"]).hint == (
        "did you mean 'churn'? deployed there: churn, demo"
    )
    assert NoDeployment("churn --version 9", "here", ["1", "2"]).hint == "versions: 1, 2"
    assert NoDeployment("churn", "here", []).hint == (
        "deploy it: `ops0 deploy --env ENV`; what lies in a registry is named HOST/PATH/PIPELINE"
    )
