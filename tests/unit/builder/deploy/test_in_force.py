"""What is in force in a registry: a document that counts, is sealed before it counts, and never goes back unseen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ops0.core.digest import sha256
from ops0_builder.deploy import registry_records
from ops0_builder.deploy.errors import DeploymentDamaged, DeploymentOvertaken, OlderInForce
from ops0_builder.deploy.in_force import LAST, InForce, read_in_force, write_in_force
from ops0_builder.deploy.records import Seal, record, roll_back
from ops0_builder.deploy.registry_records import RegistryRecords
from ops0_builder.deploy.seen import note_seen, seen_sequence
from ops0_builder.deploy.values import Deployed
from ops0_builder.documents import BadDocument
from ops0_builder.registry.errors import NotInRegistry, TagTaken

from .conftest import deployed

pytestmark = pytest.mark.usefixtures("state")
REPOSITORY = "registry.example/team/flow"
ONE = InForce(
    pipeline="flow", environment="test", version=2, record=f"sha256:{'a' * 64}", sequence=7
)


@dataclass
class Shelf:
    """A registry of artifacts, in memory. ``order``: what was tagged, and what was told before."""

    blobs: dict[str, bytes] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)

    def put(self, place: str, _: str, data: bytes, *__: object, **how: Any) -> str:
        tag, digest = place.rpartition(":")[2], f"sha256:{sha256(data)}"
        if not how.get("force") and self.tags.get(tag, digest) != digest:
            raise TagTaken(place, self.tags[tag], digest)
        self.blobs[digest] = data
        if (before := how.get("before")) is not None:
            before(f"{REPOSITORY}@{digest}")
        self.tags[tag] = digest
        self.order.append(tag)
        return digest

    def get(self, place: str, **_: object) -> bytes:
        digest = place.partition("@")[2] or self.tags.get(place.rpartition(":")[2], "")
        if digest not in self.blobs:
            raise NotInRegistry(place)
        return self.blobs[digest]


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    one = Shelf()
    opened = SimpleNamespace(digest_of=one.tags.get)
    monkeypatch.setattr(registry_records, "put_artifact", one.put)
    monkeypatch.setattr(registry_records, "get_artifact", one.get)
    monkeypatch.setattr(registry_records, "open_repository", lambda *_, **__: opened)
    monkeypatch.setattr(registry_records, "list_tags", lambda *_, **__: tuple(one.tags))
    return one


def in_force(records: RegistryRecords) -> InForce:
    pinned = records.pinned_in_force("test")
    assert pinned is not None
    return records.read_in_force(pinned, "test")


def test_each_change_counts_also_one_back_to_an_earlier_version(shelf: Shelf) -> None:
    records = RegistryRecords(REPOSITORY)
    for mark in "ab":
        record(records, deployed(mark))
    assert (in_force(records).version, in_force(records).sequence) == (2, 2)
    assert roll_back(records, "flow", "test", None).version == 1
    found = in_force(records)
    assert (found.version, found.sequence) == (1, 3)
    assert f"{REPOSITORY}@{found.record}" == records.pinned("test", 1)
    del shelf.tags["_current.test"]  # a deploy that was cut off
    assert records.current("test") == 2


class Overtaken(RegistryRecords):
    """Another machine deploys just when a version has been added."""

    def add(self, one: Deployed) -> None:
        super().add(one)
        there = RegistryRecords(self.repository)
        there.add(deployed("b", version=one.version + 1))
        there.set_current(one.environment, one.version + 1)


def test_a_later_version_from_another_machine_stays_in_force(shelf: Shelf) -> None:
    with pytest.raises(DeploymentOvertaken) as fault:
        record(Overtaken(REPOSITORY), deployed("a"))
    assert (fault.value.version, fault.value.since, fault.value.exit_code) == (1, 2, 106)
    records = RegistryRecords(REPOSITORY)
    assert (records.versions("test"), records.current("test")) == ((1, 2), 2)
    assert roll_back(records, "flow", "test", 1).version == 1


def test_record_and_document_are_sealed_before_the_version_is_in_force(shelf: Shelf) -> None:
    records = RegistryRecords(REPOSITORY)

    def seal_record(pinned: str, told: Deployed) -> None:
        assert pinned == records.pinned("test", 1)
        shelf.order.append(f"record {told.version}")

    def seal_pointer(pinned: str) -> None:
        assert records.read_in_force(pinned, "test").version == 1
        shelf.order.append("pointer")

    record(records, deployed("a"), Seal(record=seal_record, pointer=seal_pointer))
    assert shelf.order == ["_deploy.test.1", "record 1", "pointer", "_current.test"]
    assert seen_sequence(REPOSITORY, "test") == 1


def test_what_the_seal_refuses_is_not_put_in_force(shelf: Shelf) -> None:
    records = RegistryRecords(REPOSITORY)
    record(records, deployed("a"))
    record(records, deployed("b"))

    def refuse(*_: object) -> None:
        raise DeploymentDamaged("x", "y")

    for seal in (
        Seal(record=refuse, pointer=lambda _: None),
        Seal(record=lambda *_: None, pointer=refuse),
    ):
        with pytest.raises(DeploymentDamaged):
            roll_back(records, "flow", "test", 1, seal)
    assert records.current("test") == 2
    assert seen_sequence(REPOSITORY, "test") == 0


def test_the_count_goes_on_from_what_was_seen_here(shelf: Shelf) -> None:
    records = RegistryRecords(REPOSITORY)
    note_seen(REPOSITORY, "test", 41, "sha256:x")
    record(records, deployed("a"))
    assert in_force(records).sequence == 42


@pytest.mark.parametrize("bad", [b"{}", write_in_force(replace(ONE, environment="prod"))])
def test_what_is_damaged_is_told_and_can_be_put_right(shelf: Shelf, bad: bytes) -> None:
    records = RegistryRecords(REPOSITORY)
    record(records, deployed("a"))
    shelf.put(f"{REPOSITORY}:_current.test", "", bad, force=True)
    with pytest.raises(DeploymentDamaged) as fault:
        records.current("test")
    assert "ops0 rollback" in str(fault.value.hint)
    roll_back(records, "flow", "test", 1)
    assert records.current("test") == 1


@pytest.mark.parametrize(
    "bad",
    [
        replace(ONE, sequence=0),
        replace(ONE, sequence=LAST + 1),
        replace(ONE, sequence=True),
        replace(ONE, version=0),
        replace(ONE, record="sha256:1"),
        replace(ONE, environment="../x"),
        replace(ONE, pipeline="-"),
    ],
)
def test_only_what_makes_sense_is_read(bad: InForce) -> None:
    assert read_in_force(write_in_force(ONE)) == ONE
    with pytest.raises(BadDocument):
        read_in_force(write_in_force(bad))


def test_what_was_seen_stays_seen(state: Path) -> None:
    note_seen("r/a", "test", 3, "sha256:x")
    note_seen("r/a", "test", 3, "sha256:x")
    note_seen("r/a", "test", 5, "sha256:z")
    for sequence, digest in ((4, "sha256:y"), (5, "sha256:y"), (3, "sha256:x")):
        with pytest.raises(OlderInForce) as fault:
            note_seen("r/a", "test", sequence, digest)
        assert (fault.value.seen, fault.value.exit_code) == (5, 105)
    assert (seen_sequence("r/a", "test"), seen_sequence("r/a", "prod")) == (5, 0)
    (path,) = (state / "deployments-seen").glob("*.json")
    assert str(path) == fault.value.path
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("x")
    with pytest.raises(DeploymentDamaged):
        note_seen("r/a", "test", 6, "sha256:y")
