"""The engine's client where answers get lost or refuse. The connection itself is replaced; nothing is contacted."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from ops0.core.errors import EngineError
from ops0.host.engine_address import EngineAddress
from ops0.host.engine_errors import EngineRefused, EngineTimeout, EngineUnreachable
from ops0.host.engine_socket import Answer
from ops0.runtime.engines.docker_api import Host
from ops0.runtime.engines.docker_engine import DockerEngine

LABELS = {"ops0.run": "r", "ops0.attempt": "1"}
NEVER = "0001-01-01T00:00:00Z"


def refusal(status: int, text: str) -> EngineRefused:
    return EngineRefused("the request", status, text)


@dataclass
class FakeEngine:
    """What the tests need of EngineSocket. ``faults``: the last part of a path -> errors to raise, one a request."""

    faults: dict[str, list[EngineError]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=lambda: dict(LABELS))
    started_at: str = NEVER
    running: bool = False
    calls: list[str] = field(default_factory=list)

    def call(self, method: str, path: str, *, accept: tuple[int, ...] = (), **_how: Any) -> Answer:
        what = "remove" if method == "DELETE" else path.rpartition("/")[2]
        self.calls.append(what)
        if self.faults.get(what):
            fault = self.faults[what].pop(0)
            if isinstance(fault, EngineRefused) and fault.status in accept:
                return Answer(status=fault.status, body=b"{}")
            raise fault
        told = {
            "Config": {"Labels": self.labels},
            "State": {
                "Running": self.running,
                "StartedAt": self.started_at,
                "ExitCode": 0,
                "OOMKilled": False,
            },
            "HostConfig": {"Memory": 5},
            "MemTotal": 8,
            "NCPU": 2,
            "Runtimes": {"runc": {}},
        }
        return Answer(status=200, body=json.dumps(told).encode())


def engine(**fields: Any) -> tuple[DockerEngine, FakeEngine]:
    made = DockerEngine(EngineAddress(text="unix:///x", socket="/x"))
    fake = FakeEngine(**fields)
    made._engine = fake  # type: ignore[assignment]
    return made, fake


LOST = EngineUnreachable("unix:///x", "connection aborted")


def test_a_lost_answer_to_start_never_starts_twice() -> None:
    docker, fake = engine(faults={"start": [LOST]}, started_at="2026-01-02T03:04:05Z")
    docker.start("c")
    assert fake.calls == ["start", "json"]


def test_a_start_that_never_arrived_is_made_again() -> None:
    docker, fake = engine(faults={"start": [LOST]})
    docker.start("c")
    assert fake.calls == ["start", "json", "start"]


def test_a_lost_answer_to_create_finds_its_container_by_name() -> None:
    docker, fake = engine(faults={"create": [LOST]})
    docker.create_container("c", {"Labels": LABELS})
    assert fake.calls == ["create", "json"]


def test_a_name_that_the_same_attempt_has_taken_is_that_container() -> None:
    docker, _ = engine(faults={"create": [refusal(409, "name in use")]})
    docker.create_container("c", {"Labels": LABELS})


def test_a_name_that_somebody_else_has_taken_is_refused() -> None:
    fault = refusal(409, "name in use")
    docker, _ = engine(faults={"create": [fault]}, labels={"ops0.run": "other"})
    with pytest.raises(EngineRefused, match="name in use"):
        docker.create_container("c", {"Labels": LABELS})


@pytest.mark.parametrize("method", ["remove_container", "remove_volume"])
def test_what_is_gone_already_is_gone(method: str) -> None:
    docker, _ = engine(
        faults={"remove": [refusal(404, "no such thing"), refusal(409, "removal is in progress")]}
    )
    getattr(docker, method)("x")
    getattr(docker, method)("x")


def test_stopping_what_does_not_run_is_no_fault() -> None:
    docker, fake = engine(
        faults={"kill": [refusal(409, "is not running")], "stop": [refusal(304, "")]}
    )
    docker.stop("c", 0)
    docker.stop("c", 10)
    assert fake.calls == ["kill", "stop"]


def test_a_volume_in_use_is_told() -> None:
    docker, _ = engine(faults={"remove": [refusal(409, "volume is in use")]})
    with pytest.raises(EngineRefused, match="in use"):
        docker.remove_volume("v")


def test_an_answer_that_does_not_come_in_time_says_what_was_asked() -> None:
    slow = EngineTimeout("unix:///x", "create volume v", 60)
    docker, fake = engine(faults={"create": [slow]})
    with pytest.raises(EngineTimeout, match="create volume v within 60 s"):
        docker.create_volume("v", {})
    assert fake.calls == ["create"]


def test_what_may_be_done_twice_is_asked_again_while_the_engine_is_away() -> None:
    docker, fake = engine(faults={"create": [LOST, LOST]})
    docker.create_volume("v", {})
    assert fake.calls == ["create"] * 3


def test_what_the_engines_host_has_is_asked_once() -> None:
    api, fake = engine()
    assert api.host() == api.host() == Host(memory=8, processors=2, runtimes=("runc",))
    assert fake.calls == ["info"]


def test_a_container_whose_processes_are_gone_has_vanished() -> None:
    gone = refusal(500, "task not found")
    docker, fake = engine(faults={"top": [gone]}, running=True)
    assert docker.vanished("c")
    assert not docker.vanished("c")  # now it has processes
    fake.running = False
    assert not docker.vanished("c")


@pytest.mark.parametrize(
    "says", ['ps: exec: "ps": executable file not found in $PATH', "ps: exit status 1"]
)
def test_an_engine_whose_ps_fails_says_nothing_of_a_container(says: str) -> None:
    docker, _ = engine(faults={"top": [refusal(500, says)]}, running=True)
    assert not docker.vanished("c")


def test_a_container_that_is_not_there_has_no_state() -> None:
    docker, _ = engine(faults={"json": [refusal(404, "no such container")]})
    assert docker.state("c") is None


def test_one_that_does_not_run_uses_nothing() -> None:
    docker, _ = engine(faults={"stats": [refusal(409, "is not running"), refusal(500, "broken")]})
    assert docker.usage("c") is None
    with pytest.raises(EngineRefused, match="broken"):
        docker.usage("c")


def test_waiting_ends_with_its_time_and_with_a_container_that_is_gone() -> None:
    late = EngineTimeout("unix:///x", "wait c", 1)
    docker, _ = engine(faults={"wait": [late, refusal(404, "no such container")]})
    assert not docker.wait("c", 1)
    assert docker.wait("c", 1)


def test_one_that_was_started_already_is_started() -> None:
    docker, fake = engine(faults={"start": [refusal(304, "")]})
    assert docker.start("c")
    assert fake.calls == ["start"]
