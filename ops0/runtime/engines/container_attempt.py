"""One started step as a container: how it is told to go, waited for, read and removed. An Attempt, over a DockerApi."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import TypeVar

from ops0.core.errors import EngineError
from ops0.core.values.bounds import LARGEST_MANIFEST
from ops0.host.engine_errors import EngineTimeout, EngineUnreachable
from ops0.host.engine_frames import Channel, Frames
from ops0.host.usage import Usage
from ops0.runtime.engine import Exit, Job, LineHandler, Member, signal_name
from ops0.runtime.engines.archives import tar_members
from ops0.runtime.engines.cells import told_in_cells
from ops0.runtime.engines.current_lines import Unreadable, on_current_lines
from ops0.runtime.engines.docker_api import Attached, DockerApi
from ops0.runtime.engines.streams import MAX_LOG_LINE, MAX_PROTOCOL_LINE, Lines
from ops0.runtime.engines.watchdog import Watchdog
from ops0.runtime.errors import EngineLost, Failure
from ops0.runtime.outputs.results import BadOutput
from ops0_runner.protocol import CODE_DIR, MANIFEST_NAME, OUT_DIR

_AWAY_LIMIT = 120.0
"""Seconds that an engine may be away (restarting) before a run gives up."""
_MAX_CODE = 16 * 2**20
"""Bytes of a file of the user's code that is read back to tell its lines."""
WAIT = 20.0
"""Seconds that the engine is asked to wait at a time."""
_UNDERWAY = 5.0
"""Seconds after its sending in which a go line may be lost with the engine that had it in hand."""
GRACE = 2.0
"""Seconds that a container may take to end after its streams."""
T = TypeVar("T")


class ContainerAttempt:
    """Attempt, as one container. ``leave``: takes the names of containers that have ended, to be removed some time."""

    def __init__(
        self,
        api: DockerApi,
        name: str,
        job: Job,
        streams: Attached,
        said: LineHandler,
        printed: LineHandler,
        leave: Callable[[str], None],
    ) -> None:
        self._api, self._name, self._job, self._streams = api, name, job, streams
        self._leave = leave
        self._ended = False
        self._away = False
        self._went: float | None = None
        self._frames = Frames()
        self._lines: dict[Channel, Lines] = {
            "out": Lines(said, MAX_PROTOCOL_LINE),
            "err": Lines(printed, MAX_LOG_LINE),
        }
        self._heard: dict[Channel, int] = {"out": 0, "err": 0}

    def go(self, line: bytes) -> None:
        """See Attempt."""
        self._streams.write(line)
        self._went = time.monotonic()

    def listen(self, enough: Callable[[], bool]) -> bool:
        """See Attempt."""
        with self._watched():
            return self._hear(enough)

    def _hear(self, enough: Callable[[], bool]) -> bool:
        while data := self._streams.read():
            for channel, part in self._frames.feed(data):
                self._feed(channel, part)
            if enough():
                return True
        return False

    def _feed(self, channel: Channel, part: bytes) -> None:
        self._heard[channel] += len(part)
        self._lines[channel].feed(part)

    def wait(self, whole: Callable[[], bool]) -> Exit:
        """See Attempt. The end of its streams says when to ask; what happened, only inspect says."""
        with self._watched():
            self._hear(lambda: False)
            self._await_end(time.monotonic())
            if not whole():
                self._fetch_unheard()
            for lines in self._lines.values():
                lines.end()
        state = self._ask(lambda: self._api.state(self._name))
        if state is None:
            return Exit(code=255, lost=True)
        self._ended = not state.running
        return Exit(
            code=state.code,
            signal=signal_name(state.code),
            memory=state.out_of_memory,
            limit=state.memory or None,
            lost=self._away and state.code != 0,  # its end may be the engine's own
        )

    def _fetch_unheard(self) -> None:
        """Its streams may have broken off before its end, with the engine or a connection: the Engine's log goes on."""
        if self._job.step.options.secrets:
            return  # of those the Engine keeps no log
        with suppress(EngineError):
            for channel, told in Frames().feed(self._api.said(self._name)):
                heard = self._heard[channel]
                if len(told) >= heard:
                    self._feed(channel, told[heard:])
                elif channel == "out":
                    # A rotated log has lost its beginning; a line of the protocol may come twice.
                    self._lines[channel].end()
                    self._feed(channel, told)

    def _await_end(self, silent: float) -> None:
        """Until the container has ended. ``silent``: when its streams did, by the monotonic clock.

        Where the engine died meanwhile, one that lives on may lack its go line, and would wait for it for ever.
        """
        unsure = self._went is None or silent - self._went < _UNDERWAY
        limit = GRACE
        while not self._ask(partial(self._api.wait, self._name, limit)):
            state = self._ask(lambda: self._api.state(self._name))
            if state is None or not state.running:
                return
            if unsure and self._away:
                self._give_up()
                return
            limit = WAIT

    def _ask(self, ask: Callable[[], T]) -> T:
        """Patiently, noting whether the engine was away meanwhile."""

        def noted() -> T:
            try:
                return ask()
            except EngineUnreachable:
                self._away = True
                raise

        return patiently(noted, self._api.address)

    def _give_up(self) -> None:
        """The engine lost its processes: without the container there is nothing to wait for."""
        with suppress(EngineError):
            self._api.remove_container(self._name)
        self._streams.close()

    @contextmanager
    def _watched(self) -> Iterator[None]:
        watchdog = Watchdog(lambda: self._api.vanished(self._name), self._give_up)
        watchdog.begin()
        try:
            yield
        finally:
            watchdog.end()

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
                if member.kind == "file" and member.size <= LARGEST_MANIFEST:
                    return member.read(member.size)
        return None

    def members(self) -> Iterator[Member]:
        """See Attempt."""
        return self._folder(str(self._job.attempt))

    def beside(self, behind: str) -> Iterator[Member]:
        """See Attempt."""
        return self._folder(f"{self._job.attempt}{behind}")

    def _folder(self, name: str) -> Iterator[Member]:
        with self._api.archive(self._name, f"{OUT_DIR}/{name}") as stream:
            if stream is not None:
                yield from tar_members(stream, name)

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
                    if member.kind == "file" and member.size <= _MAX_CODE:
                        return member.read(member.size)
        except (EngineError, BadOutput) as fault:
            raise Unreadable(str(fault)) from None
        raise Unreadable("the image does not hold it")

    def usage(self) -> Usage | None:
        """See Attempt."""
        return self._api.usage(self._name)

    def remove(self) -> None:
        """See Attempt. One that has ended holds no more than its name, and goes with others."""
        self._streams.close()
        if self._ended:
            self._leave(self._name)
            return
        # Then close(), or the next run, removes it.
        with suppress(EngineUnreachable, EngineTimeout):
            self._api.remove_container(self._name)


def patiently(ask: Callable[[], T], place: str, limit: float = _AWAY_LIMIT) -> T:
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
