"""Steps as hardened containers that hand each other values over volumes. An Engine, over a DockerApi.

One volume for each call, made with its first attempt; each attempt writes a folder of its own in it. A consumer
mounts its producers' volumes read-only, so it may be started before they have ended: the go line tells which
attempt's folder to read.
"""

from __future__ import annotations

import shlex
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from ops0.core.errors import EngineError
from ops0.core.modelstore import ModelVersion
from ops0.core.pipeline import CallId, StepName
from ops0.host.engine_errors import EngineTimeout, EngineUnreachable
from ops0.host.usage import Usage
from ops0.runtime.archives import packed, tar_members
from ops0.runtime.cells import told_in_cells
from ops0.runtime.clean import remove_all, remove_orphans
from ops0.runtime.current_lines import Unreadable, on_current_lines
from ops0.runtime.docker_api import Attached, DockerApi
from ops0.runtime.engine import Exit, Job, LineHandler, Member, RunSetup, signal_name
from ops0.runtime.errors import EngineLost, Failure
from ops0.runtime.manifest import MAX_MANIFEST
from ops0.runtime.profile import (
    MODEL_DIR,
    RUN_LABEL,
    Share,
    container_config,
    container_name,
    filler_config,
    host_share,
    labels,
    model_volume,
    volume_name,
)
from ops0.runtime.results import BadOutput
from ops0.runtime.streams import MAX_LOG_LINE, MAX_PROTOCOL_LINE, Frames, Lines
from ops0_runner.protocol import CODE_DIR, IN_DIR, MANIFEST_NAME, OUT_DIR, USER_ID

AWAY_LIMIT = 120.0
"""Seconds that an engine may be away (restarting) before a run gives up."""
CLOSE_LIMIT = 30.0
MAX_CODE = 16 * 2**20
"""Bytes of a file of the user's code that is read back to tell its lines."""
_WAIT = 20.0
T = TypeVar("T")


class ContainerEngine:
    """Engine, over Docker. ``images``: the image of each step, by digest or id; nothing is ever pulled."""

    kind = "containers"

    def __init__(self, api: DockerApi, images: Mapping[StepName, str]) -> None:
        self._api, self._images = api, dict(images)
        self._setup: RunSetup | None = None
        self._share = Share(memory=0, cpu=1.0)
        self._volumes: set[str] = set()
        self._guard = threading.Lock()

    def open(self, setup: RunSetup) -> None:
        """See Engine."""
        host = self._api.host()
        self._setup = setup
        self._share = host_share(host.memory, host.processors, setup.slots)
        for step, model in setup.models.items():
            self._hand_in(setup, self._images[step], model)

    def _hand_in(self, setup: RunSetup, image: str, model: ModelVersion) -> None:
        """Put a model's files into a volume of the run, once."""
        volume = model_volume(setup.run, model.digest)
        if volume in self._volumes:
            return
        self._volumes.add(volume)
        self._api.create_volume(volume, labels(setup.run, CallId(".model"), setup.owner))
        self._api.create_container(volume, filler_config(image, setup.run, setup.owner, volume))
        try:
            with packed(model.folder) as archive:
                self._api.put(volume, MODEL_DIR, archive)
        finally:
            self._api.remove_container(volume)

    def image(self, step: StepName) -> str | None:
        """See Engine."""
        return self._images[step]

    def inside(self, step: StepName) -> str | None:
        """See Engine."""
        image = shlex.quote(self._images[step])
        return f"docker run --rm -it --network none --user {USER_ID} --entrypoint sh {image}"

    def title(self, job: Job) -> str:
        """See Engine."""
        return container_name(job.run, job.call, job.attempt)

    def start(self, job: Job, said: LineHandler, printed: LineHandler) -> ContainerAttempt:
        """See Engine."""
        setup = self._opened()
        name = self.title(job)
        self._make_volume(job)
        image = self._images[job.step.name]
        self._api.create_container(name, self._config(job, image, setup))
        try:
            streams = self._api.attach(name)
            try:
                self._api.start(name)
            except BaseException:
                streams.close()
                raise
        except BaseException:
            with suppress(EngineError):
                self._api.remove_container(name)
            raise
        return ContainerAttempt(self._api, name, job, streams, said, printed)

    def _config(self, job: Job, image: str, setup: RunSetup) -> Mapping[str, Any]:
        model = setup.models.get(job.step.name)
        volume = None if model is None else model_volume(setup.run, model.digest)
        return container_config(job, image, setup.owner, self._share, volume)

    def _make_volume(self, job: Job) -> None:
        setup = self._opened()
        name = volume_name(job.run, job.call)
        with self._guard:
            known = name in self._volumes
            self._volumes.add(name)
        if not known:
            self._api.create_volume(name, labels(job.run, job.call, setup.owner))

    def output_path(self, call: CallId, attempt: int) -> str:  # noqa: ARG002 - it sees its own volume only
        """See Engine."""
        return f"{OUT_DIR}/{attempt}"

    def input_path(self, producer: CallId, attempt: int) -> str:
        """See Engine."""
        return f"{IN_DIR}/{producer}/{attempt}"

    def model_path(self, step: StepName) -> str:  # noqa: ARG002 - it sees its own model only
        """See Engine."""
        return MODEL_DIR

    def close(self) -> None:
        """See Engine. By label, not from memory: what an interrupted start has made is found as well."""
        if self._setup is None:
            return
        run = self._setup.run
        things = patiently(lambda: self._api.owned(RUN_LABEL, run), self._api.address, CLOSE_LIMIT)
        remove_all(self._api, things)
        self._setup = None
        self._volumes.clear()

    def remove_orphans(self) -> tuple[str, ...]:
        """See Engine."""
        return remove_orphans(self._api)

    def _opened(self) -> RunSetup:
        if self._setup is None:
            raise RuntimeError("the engine has not been opened for a run")
        return self._setup


class ContainerAttempt:
    """Attempt, as one container."""

    def __init__(
        self,
        api: DockerApi,
        name: str,
        job: Job,
        streams: Attached,
        said: LineHandler,
        printed: LineHandler,
    ) -> None:
        self._api, self._name, self._job, self._streams = api, name, job, streams
        self._out = Lines(said, MAX_PROTOCOL_LINE)
        self._err = Lines(printed, MAX_LOG_LINE)

    def go(self, line: bytes) -> None:
        """See Attempt."""
        self._streams.write(line)

    def wait(self) -> Exit:
        """See Attempt. The end of its streams says when to ask; what happened, only inspect says."""
        self._listen()
        while not patiently(lambda: self._api.wait(self._name, _WAIT), self._api.address):
            state = patiently(lambda: self._api.state(self._name), self._api.address)
            if state is None or not state.running:
                break
        state = patiently(lambda: self._api.state(self._name), self._api.address)
        if state is None:
            return Exit(code=255, lost=True)
        return Exit(
            code=state.code,
            signal=signal_name(state.code),
            memory=state.out_of_memory,
            limit=state.memory or None,
        )

    def _listen(self) -> None:
        frames = Frames()
        while data := self._streams.read():
            for channel, part in frames.feed(data):
                (self._out if channel == "out" else self._err).feed(part)
        self._out.end()
        self._err.end()

    def stop(self, grace: float) -> None:
        """See Attempt."""
        self._api.stop(self._name, grace)

    def manifest(self) -> bytes | None:
        """See Attempt."""
        path = f"{OUT_DIR}/{self._job.attempt}/{MANIFEST_NAME}"
        with self._api.archive(self._name, path) as stream:
            if stream is None:
                return None
            for member in tar_members(stream, None):
                if member.kind == "file" and member.size <= MAX_MANIFEST:
                    return member.read(member.size)
        return None

    def members(self) -> Iterator[Member]:
        """See Attempt."""
        folder = str(self._job.attempt)
        with self._api.archive(self._name, f"{OUT_DIR}/{folder}") as stream:
            if stream is not None:
                yield from tar_members(stream, folder)

    def on_current_lines(self, failure: Failure) -> Failure:
        """See Attempt."""
        slices = self._job.step.slices
        current = {one.path: one.text for one in slices}
        notebooks = {one.path: one.cells for one in slices if one.cells is not None}
        return told_in_cells(on_current_lines(failure, current, self._built), notebooks)

    def _built(self, path: str) -> bytes:
        try:
            with self._api.archive(self._name, f"{CODE_DIR}/{path}") as stream:
                for member in tar_members(stream, None) if stream is not None else ():
                    if member.kind == "file" and member.size <= MAX_CODE:
                        return member.read(member.size)
        except (EngineError, BadOutput) as fault:
            raise Unreadable(str(fault)) from None
        raise Unreadable("the image does not hold it")

    def usage(self) -> Usage | None:
        """See Attempt."""
        return self._api.usage(self._name)

    def remove(self) -> None:
        """See Attempt."""
        self._streams.close()
        with suppress(
            EngineUnreachable, EngineTimeout
        ):  # then close(), or the next run, removes it
            self._api.remove_container(self._name)


def patiently(ask: Callable[[], T], place: str, limit: float = AWAY_LIMIT) -> T:
    """Ask an engine that may be restarting: again and again, for ``limit`` seconds. Raises EngineLost."""
    begin, pause = time.monotonic(), 0.1
    while True:
        try:
            return ask()
        except (EngineUnreachable, EngineTimeout) as fault:
            if time.monotonic() - begin > limit:
                raise EngineLost(place, time.monotonic() - begin) from fault
        time.sleep(pause)
        pause = min(pause * 2, 2.0)
