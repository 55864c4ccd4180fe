"""The one place that starts uv. Arguments go in, text or a typed error comes out."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Protocol

from ops0.core.errors import LockError
from ops0.core.locked import Target
from ops0.core.requirements.names import name_of
from ops0.host.process import Completed, ProgramMissing, ProgramTimeout
from ops0.host.process import run as run_program
from ops0.host.temporary import temporary_folder
from ops0_builder.lock.errors import (
    IndexRefuses,
    IndexUnreachable,
    IndexUntrusted,
    ResolverFailed,
)
from ops0_builder.lock.named_indexes import NamedIndexes
from ops0_builder.lock.program_words import redacted, said_lines
from ops0_builder.lock.pylock_writing import machine_of

TIMEOUT = 1800.0
_UV_GLIBC = (17, 28, *range(31, 41))
_NETWORK = ("Failed to fetch", "error sending request", "Request failed after", "HTTP status")
_REFUSED = ("401 Unauthorized", "403 Forbidden", "407 Proxy")
_UNREAD = "Received some unexpected"
_UNTRUSTED = "invalid peer certificate"
_TOLD = re.compile(r"^warning: (.* (?:is yanked|does not have an extra named) ?.*)$", re.MULTILINE)


Progress = Callable[[str], None]
"""Takes one line for a person."""


_TRUE = frozenset(("1", "true", "t", "yes", "y", "on"))
"""As uv reads variables."""


class Runner(Protocol):
    """How programs are started: ``ops0.host.process.run``, or a fake."""

    def __call__(  # noqa: D102 - see the class
        self,
        argv: Sequence[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        send: bytes = b"",
        timeout: float,
        stop: Event | None = None,
        held: Sequence[int] = (),
    ) -> Completed: ...


def _say_nothing(_line: str) -> None:
    pass


class Unsatisfiable(Exception):
    """uv says that these requirements have no solution. ``said`` is its explanation."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


class PlaceReached(Exception):
    """A resolution comes to names that have a place of their own, and no wheel yet."""

    def __init__(self, names: frozenset[str]) -> None:
        super().__init__(", ".join(sorted(names)))
        self.names = names


@dataclass(frozen=True, kw_only=True, slots=True)
class Uv:
    """uv with what counts of the user's settings.

    folder:        where it is started: the project's root
    environment:   the whole environment of the program
    configuration: the text of its one ``uv.toml``, which may hold credentials; it reads no other
    warn:          takes what the user should know of a resolution that went well
    placed:        normal name -> address of the wheel that stands for it, whatever an index has of that name
    unbuilt:       names of no index whose wheel is made only where a resolution comes to them
    indexed:       names that come from one index alone, whoever needs them
    """

    program: str
    folder: Path
    environment: Mapping[str, str] = field(repr=False)
    configuration: str = field(default="", repr=False)
    options: tuple[str, ...] = ()
    run: Runner = run_program
    stop: Event | None = None
    warn: Progress = _say_nothing
    placed: Mapping[str, str] = field(default_factory=dict)
    unbuilt: frozenset[str] = frozenset()
    indexed: NamedIndexes = field(default_factory=NamedIndexes)

    @property
    def is_offline(self) -> bool:
        """Whether ``UV_OFFLINE`` says that no index is asked; then uv takes no ``--refresh``."""
        return self.environment.get("UV_OFFLINE", "").lower() in _TRUE

    def compile(
        self,
        requirements: Sequence[str],
        target: Target | None,
        options: Sequence[str] = (),
        *,
        warned: bool = False,
        constraints: Sequence[str] = (),
    ) -> str:
        """What ``uv pip compile`` prints for these requirements.

        target: None asks for any Python and platform
        constraints: what holds beside the user's own, which uv has from its settings
        warned: tell of versions that were yanked, and of extras that are not there
        raises: PlaceReached, Unsatisfiable, IndexUnreachable, ResolverFailed
        """
        where = ("--universal",) if target is None else target_options(target)
        with temporary_folder("lock") as folder:
            asked = self._asked(folder, requirements, constraints)
            quiet = () if warned else ("--quiet",)
            argv = ("pip", "compile", *asked, *quiet, "--no-header", *self.options, *options)
            done = self.call((*argv, *where, "--python", sys.executable))
        reached = frozenset(name for name in self.unbuilt if _no_wheel(name) in done.err)
        if done.code != 0 and reached:
            raise PlaceReached(reached)
        more = [name for name in self._elsewhere(requirements) if _no_wheel(name) in done.err]
        if done.code != 0 and more:
            every = (*requirements, *more)
            return self.compile(every, target, options, warned=warned, constraints=constraints)
        if done.code == 1:
            raise _unsolved(done.err)
        if done.code != 0:
            self._fail(done)
        for found in _TOLD.finditer(redacted(done.err)):
            self.warn(found[1])
        return done.out

    def _asked(
        self, folder: Path, requirements: Sequence[str], constraints: Sequence[str]
    ) -> tuple[str, ...]:
        """What uv is to read: the requirements, and beside them what holds for all that comes with them."""
        lines = [_placed_text(one, self.placed) for one in requirements]
        asked = [folder / "requirements.in"]
        if indexed := self._indexed(requirements):
            asked.append(folder / "pyproject.toml")
            asked[-1].write_text(self.indexed.project(lines, indexed), encoding="utf-8")
            lines = []
        absent = {name: _no_wheel(name) for name in (*self.unbuilt, *self._elsewhere(requirements))}
        placed = (f"{name} @ {url}" for name, url in sorted({**absent, **self.placed}.items()))
        if bound := [*constraints, *placed]:
            held = folder / "constraints.txt"
            held.write_text("".join(f"{line}\n" for line in bound), encoding="utf-8")
            # Beside the user's own, whose place an option would take.
            lines.append(f"-c {held.name}")
        asked[0].write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return tuple(map(str, asked))

    def _indexed(self, requirements: Sequence[str]) -> frozenset[str]:
        """The names of requirements that come from one index alone."""
        names = {name_of(one) for one in requirements if " @ " not in one}
        return frozenset((names & self.indexed.sources.keys()) - self.placed.keys())

    def _elsewhere(self, requirements: Sequence[str]) -> frozenset[str]:
        """The names of such an index that are not asked for: uv is told of them where it comes to them."""
        names = {name_of(one) for one in requirements}
        return frozenset(self.indexed.sources.keys() - names - self.unbuilt - self.placed.keys())

    def call(self, arguments: Sequence[str]) -> Completed:
        """Start uv and wait for it. Raises ResolverFailed where it cannot run at all."""
        argv = (self.program, *arguments)
        where = {"UV_CONFIG_FILE": "/dev/stdin"} if self.configuration else {"UV_NO_CONFIG": "1"}
        try:
            return self.run(
                argv,
                cwd=self.folder,
                env={**self.environment, **where},
                send=self.configuration.encode(),
                timeout=TIMEOUT,
                stop=self.stop,
            )
        except ProgramMissing:
            raise ResolverFailed(
                "uv cannot be started", f"{self.program}: no such program"
            ) from None
        except ProgramTimeout as fault:
            raise ResolverFailed("uv does not come to an end", str(fault)) from None

    def _fail(self, done: Completed) -> None:
        said = explanation(done.err)
        if _UNTRUSTED in done.err:
            raise IndexUntrusted(said)
        if any(sign in done.err for sign in _NETWORK):
            raise IndexUnreachable("the package index does not answer", said)
        raise ResolverFailed("the versions could not be resolved", said)


def _no_wheel(name: str) -> str:
    """The address of a wheel that is not there: uv asks no index for the name, and says so where it needs it."""
    return f"file:///nonexistent/ops0-unbuilt/{name.replace('-', '_')}-0-py3-none-any.whl"


def _placed_text(requirement: str, placed: Mapping[str, str]) -> str:
    """A requirement that names a place as uv is told it: by the address of its wheel. Any other one as it is."""
    if " @ " not in requirement:
        return requirement
    start, _, rest = requirement.partition(" @ ")
    url = placed.get(name_of(start))
    marker = rest.partition(" ;")[2]
    return requirement if url is None else f"{start} @ {url}" + (f" ;{marker}" if marker else "")


def target_options(target: Target) -> tuple[str, ...]:
    """The arguments for a target. uv knows fewer versions of glibc than there are: the next lower one is used."""
    return ("--python-version", target.python, "--python-platform", uv_platform(target))


def uv_platform(target: Target) -> str:
    """A target's platform as uv names it: ``aarch64-manylinux_2_36``. Of glibc the next lower version that uv knows."""
    fitting = [minor for minor in _UV_GLIBC if minor <= target.glibc[1]]
    return f"{machine_of(target)}-manylinux_2_{max(fitting) if fitting else _UV_GLIBC[0]}"


def explanation(stderr: str) -> str:
    """What uv said, without credentials, trimmed to what a person reads."""
    lines = [line.lstrip() for line in said_lines(stderr)]
    # What uv would have its own user do on its command line is no help here.
    mute = ("warning:", "hint: Consider enabling use of system TLS")
    said = [line.removeprefix("error: ") for line in lines if not line.startswith(mute)]
    kept = [line.removeprefix("cause: ") for line in said]
    return "\n".join(f"  {line[:1000]}" for line in kept[:12])


def _unsolved(stderr: str) -> LockError | Unsatisfiable:
    """What it means that uv found no answer."""
    if any(sign in stderr for sign in _REFUSED):
        # uv goes on as if the index were empty, and mentions the refusal in a hint.
        return IndexRefuses(_refusals(stderr))
    if _UNREAD in stderr:
        fact = "the package index answers as no index does"
        return IndexUnreachable(fact, explanation(stderr))
    return Unsatisfiable(explanation(stderr))


def _refusals(stderr: str) -> str:
    """What uv said, first of all of the index that refuses: it has that in a hint, after what it then misses."""
    lines = [line for line in stderr.splitlines() if "No solution found" not in line]
    refusals = [line for line in lines if any(sign in line for sign in _REFUSED)]
    others = [line for line in lines if line not in refusals]
    first = [re.sub(r"\bhint: ", "", line) for line in refusals]
    return explanation("\n".join([*first, *others]))


def program_environment(environment: Mapping[str, str], added: Mapping[str, str]) -> dict[str, str]:
    """The environment for uv and pip: the user's, one language, no colour, no Python from the network."""
    dropped = {"PYTHONHOME", "PYTHONPATH", "PIP_CONSTRAINT", "PIP_REQUIRE_VIRTUALENV"}
    # These say where uv looks for its files; what they hold has been read, and goes to uv by itself.
    dropped |= {"UV_CONFIG_FILE", "UV_NO_CONFIG", "UV_PROJECT", "UV_WORKING_DIR"}
    kept = {key: value for key, value in environment.items() if key not in dropped}
    fixed = {
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
        "UV_NO_PROGRESS": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
    }
    return {**kept, **added, **fixed}
