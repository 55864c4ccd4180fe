"""The SDK's edge: its errors as ours, and answers that get lost. The SDK itself is replaced; nothing is contacted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from docker.errors import APIError

from ops0.host.engine_address import EngineAddress
from ops0.host.engine_errors import EngineFull, EngineRefused, EngineTimeout, EngineUnreachable
from ops0.runtime.engines.docker_api import Host
from ops0.runtime.engines.docker_engine import SdkEngine

LABELS = {"ops0.run": "r", "ops0.attempt": "1"}
NEVER = "0001-01-01T00:00:00Z"


def refusal(status: int, text: str) -> APIError:
    response = requests.Response()
    response.status_code = status
    return APIError("refused", response=response, explanation=text)


@dataclass
class FakeSdk:
    """What the tests need of docker.APIClient. ``faults``: method -> errors to raise, one a call."""

    faults: dict[str, list[Exception]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=lambda: dict(LABELS))
    started_at: str = NEVER
    running: bool = False
    calls: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def method(*_args: Any, **_kwargs: Any) -> Any:
            self.calls.append(name)
            if self.faults.get(name):
                raise self.faults[name].pop(0)
            return {
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

        return method


def engine(**fields: Any) -> tuple[SdkEngine, FakeSdk]:
    made = SdkEngine(EngineAddress(text="unix:///x", socket="/x"))
    fake = FakeSdk(**fields)
    made._sdk = fake
    return made, fake


LOST = requests.ConnectionError("connection aborted")


def test_a_lost_answer_to_start_never_starts_twice() -> None:
    docker, fake = engine(faults={"start": [LOST]}, started_at="2026-01-02T03:04:05Z")
    docker.start("c")
    assert fake.calls == ["start", "inspect_container"]


def test_a_start_that_never_arrived_is_made_again() -> None:
    docker, fake = engine(faults={"start": [LOST]})
    docker.start("c")
    assert fake.calls == ["start", "inspect_container", "start"]


def test_a_lost_answer_to_create_finds_its_container_by_name() -> None:
    docker, fake = engine(faults={"create_container_from_config": [LOST]})
    docker.create_container("c", {"Labels": LABELS})
    assert fake.calls == ["create_container_from_config", "inspect_container"]


def test_a_name_that_the_same_attempt_has_taken_is_that_container() -> None:
    docker, _ = engine(faults={"create_container_from_config": [refusal(409, "name in use")]})
    docker.create_container("c", {"Labels": LABELS})


def test_a_name_that_somebody_else_has_taken_is_refused() -> None:
    fault = refusal(409, "name in use")
    docker, _ = engine(
        faults={"create_container_from_config": [fault]}, labels={"ops0.run": "other"}
    )
    with pytest.raises(EngineRefused, match="name in use"):
        docker.create_container("c", {"Labels": LABELS})


@pytest.mark.parametrize("method", ["remove_container", "remove_volume"])
def test_what_is_gone_already_is_gone(method: str) -> None:
    docker, _ = engine(
        faults={method: [refusal(404, "no such thing"), refusal(409, "removal is in progress")]}
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
    docker, _ = engine(faults={"remove_volume": [refusal(409, "volume is in use")]})
    with pytest.raises(EngineRefused, match="in use"):
        docker.remove_volume("v")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (refusal(500, "write /x: no space left on device"), EngineFull),
        (refusal(500, "broken"), EngineRefused),
        (requests.ReadTimeout(), EngineTimeout),
        (requests.ConnectionError("Read timed out."), EngineTimeout),
        (LOST, EngineUnreachable),
        (ConnectionRefusedError(111, "Connection refused"), EngineUnreachable),
    ],
)
def test_the_sdks_errors_become_ours(fault: Exception, error: type[Exception]) -> None:
    docker, _ = engine(faults={"create_volume": [fault] * 9})
    with pytest.raises(error):
        docker.create_volume("v", {})


def test_what_may_be_done_twice_is_asked_again_while_the_engine_is_away() -> None:
    docker, fake = engine(faults={"create_volume": [LOST, ConnectionRefusedError(111, "refused")]})
    docker.create_volume("v", {})
    assert fake.calls == ["create_volume"] * 3


def test_what_the_engines_host_has_is_asked_once() -> None:
    api, sdk = engine()
    assert api.host() == api.host() == Host(memory=8, processors=2, runtimes=("runc",))
    assert sdk.calls == ["info"]


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
    docker, _ = engine(faults={"inspect_container": [refusal(404, "no such container")]})
    assert docker.state("c") is None
