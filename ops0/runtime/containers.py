"""Steps as hardened containers that hand each other values over volumes. An Engine, over a DockerApi.

One volume for each call, made with its first attempt; each attempt writes a folder of its own in it. A consumer
mounts its producers' volumes read-only, so it may be started before they have ended: the go line tells which
attempt's folder to read.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ops0.core.graphs.spreading import of_item
from ops0.core.models.store import ModelVersion
from ops0.core.pipeline import CallId, Step, StepName
from ops0.host.engine_errors import EngineRefused
from ops0.host.engine_frames import Channel
from ops0.host.usage import memory
from ops0.runtime.engine import Attempt, Job, LineHandler, Member, RunSetup, Spare, spare_none
from ops0.runtime.engines.archives import tar_members
from ops0.runtime.engines.clean import remove_all, remove_orphans
from ops0.runtime.engines.container_attempt import ContainerAttempt, patiently
from ops0.runtime.engines.docker_api import Attached, DockerApi
from ops0.runtime.engines.filling import Filling, fill
from ops0.runtime.engines.profile import (
    MODEL_CALL,
    MODEL_DIR,
    RUN_LABEL,
    Share,
    call_of_volume,
    container_config,
    container_name,
    holder_config,
    holder_name,
    host_share,
    labels,
    model_volume,
    shell_command,
    volume_name,
)
from ops0.runtime.engines.reattaching import Followed
from ops0.runtime.engines.removing import Remains
from ops0.runtime.engines.standing import Walls, check_runtime
from ops0.runtime.engines.starting import started, still_wanted
from ops0.runtime.outputs.results import BadOutput, keep_output
from ops0.runtime.outputs.stored import stored_attempt, stored_manifest
from ops0.runtime.runs import RunId
from ops0_runner.protocol import IN_DIR, OUT_DIR

_CLOSE_LIMIT = 30.0


class ContainerEngine:
    """Engine, over Docker. ``images``: the image of each step, by digest or id; nothing is ever pulled.

    runtime: what runs the steps' containers, by the engine's name for it; None: what the engine prefers
    """

    kind = "containers"
    isolated = False  # they are so by themselves

    def __init__(
        self, api: DockerApi, images: Mapping[StepName, str], runtime: str | None = None
    ) -> None:
        self._api, self._images, self._runtime = api, dict(images), runtime
        self._walls = Walls(api)
        self._remains = Remains(api.remove_container)
        self._setup: RunSetup | None = None
        self._share = Share(memory=0, cpu=1.0)
        self._memory = 0
        self._volumes: set[str] = set()
        self._holders: dict[str, str] = {}  # volume -> the container that holds it
        self._guard = threading.Lock()
        self._given_up = threading.Event()

    def open(self, setup: RunSetup) -> None:
        """See Engine."""
        host = self._api.host()
        check_runtime(self._runtime, host.runtimes, self._api.address)
        self._given_up = threading.Event()  # a thread of an earlier run keeps that run's
        self._setup, self._memory = setup, host.memory
        self._share = host_share(host.memory, host.processors, setup.slots)
        if setup.resumed:
            self._take_over(setup)
        for step, model in setup.models.items():
            self._hand_in(setup, self._images[step], model)

    def free_memory(self) -> int | None:
        """See Engine. An engine elsewhere, as in a virtual machine, has other memory than is here."""
        here = memory()
        return here.free if here.total == self._memory else None

    def _hand_in(self, setup: RunSetup, image: str, model: ModelVersion) -> None:
        """Put a model's files into a volume of the run, once."""
        volume = model_volume(setup.run, model.digest)
        if volume in self._volumes:
            return
        self._volumes.add(volume)
        self._api.create_volume(volume, labels(setup.run, MODEL_CALL, setup.owner))
        self._fill(volume, image, MODEL_CALL, Filling(volume, MODEL_DIR, "", model.folder))

    def _fill(self, name: str, image: str, call: CallId, filling: Filling) -> None:
        """Put files into a volume of the run, through a container that is never started."""
        setup = self._opened()
        who = labels(setup.run, call, setup.owner)
        still_wanted(name, self._given_up)
        fill(self._api, name, image, who, filling)

    def _take_over(self, setup: RunSetup) -> None:
        """Hold what the earlier leader has made, and end what is not to go on."""
        under_way = {container_name(setup.run, *one) for one in setup.under_way}
        things = self._api.owned(RUN_LABEL, setup.run)
        models = f"ops0-{setup.run}-.model-"
        left = {one.name for one in things if one.kind == "volume"}
        self._volumes = {name for name in left if not name.startswith(models)}
        if self._volumes:  # a holder of nothing would have the name of the next one
            self._hold()
        for one in things:
            if one.kind == "container" and one.name not in under_way:
                self._api.remove_container(one.name)
        for one in things:  # a model may have come half-way; one that is in use is whole
            if one.kind == "volume" and one.name.startswith(models):
                with suppress(EngineRefused):
                    self._api.remove_volume(one.name)

    def _hold(self) -> None:
        """Have a container mount the volumes of the run that none holds yet: through it they can be read."""
        setup = self._opened()
        new = sorted(self._volumes - self._holders.keys())
        name = holder_name(setup.run, setup.owner, len(set(self._holders.values())))
        found = ((call_of_volume(setup.run, one), one) for one in new)
        calls: dict[str, str] = {call: volume for call, volume in found if call is not None}
        image = next(iter(self._images.values()))
        who = labels(setup.run, CallId(".held"), setup.owner)
        self._api.create_container(name, holder_config(image, who, calls))
        self._holders.update(dict.fromkeys(new, name))

    def reattach(self, job: Job, said: LineHandler, printed: LineHandler) -> Attempt | None:
        """See Engine. A container that is gone may have left a whole output."""
        name = self.title(job)
        state = self._api.state(name)
        if state is None or not state.started:
            return stored_attempt(lambda: self.stored(job.call, job.attempt))
        kept = not job.step.options.secrets  # of those the Engine keeps no log

        def follow(channel: Channel) -> Iterator[bytes]:
            return self._api.follow(name, channel) if kept else iter(())

        streams = Followed(follow, lambda: self._api.attach(name, "input"))
        return self._attempt(name, job, streams, said, printed)

    def discard(self, call: CallId, attempt: int) -> None:
        """See Engine."""
        self._api.remove_container(container_name(self._opened().run, call, attempt))

    def stored(self, call: CallId, attempt: int) -> Iterator[Member]:
        """See Engine."""
        volume = volume_name(self._opened().run, call)
        if volume in self._volumes:
            if volume not in self._holders:
                self._hold()
            holder = self._holders[volume]
            with self._api.archive(holder, self.input_path(call, attempt)) as stream:
                if stream is not None:
                    yield from tar_members(stream, str(attempt))

    def save(self, call: CallId, attempt: int, folder: Path) -> None:
        """See Engine."""
        manifest = stored_manifest(self.stored(call, attempt))
        if manifest is None:
            raise BadOutput("its manifest is gone")
        keep_output(self.stored(call, attempt), manifest, folder)

    def code(self, step: Step) -> str:
        """See Engine. An image holds all of it."""
        return self._images[step.name]

    def content(self, step: Step, text: str) -> None:
        """See Engine. A step sees no file of this machine, and its image's are in its code."""

    def restore(self, call: CallId, attempt: int, folder: Path) -> None:
        """See Engine."""
        setup = self._opened()
        volume = self._make_volume(setup.run, call)
        mapped = of_item(call)
        maker = call if mapped is None else mapped[0]
        step = next(one.step for one in setup.pipeline.calls if one.id == maker)
        name = container_name(setup.run, call, attempt)
        self._fill(name, self._images[step], call, Filling(volume, OUT_DIR, str(attempt), folder))

    def image(self, step: StepName) -> str | None:
        """See Engine."""
        return self._images[step]

    def inside(self, step: Step) -> str | None:
        """See Engine."""
        return shell_command(self._images[step.name], network=step.options.network)

    def title(self, job: Job) -> str:
        """See Engine."""
        return container_name(job.run, job.call, job.attempt)

    def start(self, job: Job, said: LineHandler, printed: LineHandler) -> ContainerAttempt:
        """See Engine."""
        setup, given_up = self._opened(), self._given_up
        name = self.title(job)
        for call in (job.call, *job.producers):  # a producer may itself not have started yet
            self._make_volume(job.run, call)
        image = self._images[job.step.name]

        def create() -> None:
            self._api.create_container(name, self._config(job, image, setup))
            self._walls.check(name, job.step, printed)

        streams = started(self._api, name, create, given_up)
        return self._attempt(name, job, streams, said, printed)

    def give_up_starts(self) -> None:
        """See Engine. One that waits for an engine that fails ends with that fault."""
        self._given_up.set()

    def _attempt(
        self, name: str, job: Job, streams: Attached, said: LineHandler, printed: LineHandler
    ) -> ContainerAttempt:
        return ContainerAttempt(self._api, name, job, streams, said, printed, self._remains.add)

    def _config(self, job: Job, image: str, setup: RunSetup) -> Mapping[str, Any]:
        model = setup.models.get(job.step.name)
        volume = None if model is None else model_volume(setup.run, model.digest)
        return container_config(job, image, setup.owner, self._share, volume, self._runtime)

    def _make_volume(self, run: RunId, call: CallId) -> str:
        setup = self._opened()
        name = volume_name(run, call)
        # Held meanwhile: nobody mounts what is not made yet.
        with self._guard:
            if name not in self._volumes:
                self._api.create_volume(name, labels(run, call, setup.owner))
                self._volumes.add(name)
        return name

    def output_path(self, call: CallId, attempt: int) -> str:  # noqa: ARG002 - it sees its own volume only
        """See Engine."""
        return f"{OUT_DIR}/{attempt}"

    def input_path(self, producer: CallId, attempt: int) -> str:
        """See Engine."""
        return f"{IN_DIR}/{producer}/{attempt}"

    def model_path(self, step: StepName) -> str:  # noqa: ARG002 - it sees its own model only
        """See Engine."""
        return MODEL_DIR

    def tidy(self) -> None:
        """See Engine."""
        self._remains.tidy()

    def close(self) -> None:
        """See Engine. By label, not from memory: what an interrupted start has made is found as well."""
        if self._setup is None:
            return
        run = self._setup.run
        self.give_up_starts()
        self._remains.settle(_CLOSE_LIMIT)  # a volume cannot go before its container
        things = patiently(lambda: self._api.owned(RUN_LABEL, run), self._api.address, _CLOSE_LIMIT)
        remove_all(self._api, things)
        self._setup = None
        self._volumes.clear()
        self._holders.clear()

    def remove_orphans(self, spare: Spare = spare_none) -> tuple[str, ...]:
        """See Engine."""
        return remove_orphans(self._api, spare=spare)

    def _opened(self) -> RunSetup:
        if self._setup is None:
            raise RuntimeError("the engine has not been opened for a run")
        return self._setup
