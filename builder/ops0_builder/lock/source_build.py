"""A source archive -> a wheel that fits a target, the same bytes wherever it is built again.

Its build runs its code on this machine; whoever calls says so to the user first. What builds it is pinned: the
pins stand in the lock, and a second build uses them.
"""

from __future__ import annotations

import lzma
import platform
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import tomli

from ops0.core.locked import LockedFile, Target
from ops0_builder.lock.errors import SourceBuildFailed
from ops0_builder.lock.index_settings import redacted
from ops0_builder.lock.pylock_writing import machine_of
from ops0_builder.lock.resolution import read_resolution
from ops0_builder.lock.uv_program import Unsatisfiable, Uv
from ops0_builder.lock.wheel_check import wheel_fault
from ops0_builder.lock.wheel_choice import wheel_rank
from ops0_builder.lock.wheel_normal import normal_wheel
from ops0_builder.lock.wheelhouse import Wheelhouse

_EPOCH = "315532800"  # 1980-01-01, the earliest time that a zip file can say
_LEGACY_BUILD = ("setuptools>=40.8.0", "wheel")
_MOST_BYTES = 1 << 20
_LAST_LINES = 20
_UNREADABLE = (
    *(tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError),
    *(ValueError, RuntimeError),  # zipfile's for an encrypted member, and for a method it lacks
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Built:
    """A wheel made here. ``pins``: what built it."""

    wheel: LockedFile
    pins: tuple[str, ...]


def build_wheel(
    sdist: Path,
    title: str,
    target: Target,
    uv: Uv,
    wheelhouse: Wheelhouse,
    pins: Sequence[str] | None = None,
) -> Built:
    """Build a source archive and put the wheel into the wheelhouse.

    title: the distribution and version, for errors
    pins:  what to build with; None: the newest that its build asks for
    raises: SourceBuildFailed, IndexUnreachable, ResolverFailed
    """
    python = _python_for(target, uv)
    if pins is None:
        pins = _build_pins(sdist, title, target, uv)
    with wheelhouse.workplace() as folder:
        made = _build(sdist, title, python, pins, uv, folder)
        if not _fits(made.name, target):
            fact = f"{made.name} does not fit the target"
            raise SourceBuildFailed(title, fact)
        try:
            data = normal_wheel(made.read_bytes())
        except zipfile.BadZipFile as fault:
            raise SourceBuildFailed(title, f"its wheel is broken: {fault}") from None
        broken = wheel_fault(made)
        if broken is not None:
            raise SourceBuildFailed(title, f"its wheel {made.name} is broken: {broken}")
        normal = folder / "normal" / made.name
        normal.parent.mkdir()
        normal.write_bytes(data)
        return Built(wheel=wheelhouse.take(normal), pins=tuple(sorted(pins)))


def _build(sdist: Path, title: str, python: str, pins: Sequence[str], uv: Uv, folder: Path) -> Path:
    constraints = folder / "build.txt"
    constraints.write_text("".join(f"{pin}\n" for pin in pins), encoding="utf-8")
    out = folder / "out"
    fixed = {**uv.environment, "SOURCE_DATE_EPOCH": _EPOCH, "PYTHONHASHSEED": "0"}
    done = replace(uv, environment=fixed).call(
        (
            *("build", "--wheel", "--python", python, "--out-dir", str(out)),
            *("--build-constraints", str(constraints), str(sdist)),
        )
    )
    wheels = sorted(out.glob("*.whl")) if out.is_dir() else []
    if done.code != 0 or len(wheels) != 1:
        raise SourceBuildFailed(title, "the build failed", _last(done.err))
    return wheels[0]


def _last(stderr: str) -> str:
    """What the build said last: why it failed stands at its end, before uv's own words."""
    lines = [line.rstrip() for line in redacted(stderr).splitlines() if line.strip()]
    said = [line for line in lines if not line.startswith("hint: Build failures")]
    return "\n".join(f"  {line[:500]}" for line in said[-_LAST_LINES:])


def _python_for(target: Target, uv: Uv) -> str:
    """The target's own Python if this machine has it, else ours: good enough for wheels without compiled code."""
    done = uv.call(("python", "find", "--quiet", target.python))
    return done.out.strip() if done.code == 0 and done.out.strip() else sys.executable


def _build_pins(sdist: Path, title: str, target: Target, uv: Uv) -> tuple[str, ...]:
    requires = _build_requires(sdist, title)
    if not requires:
        return ()
    try:
        text = uv.compile(requires, target)
    except Unsatisfiable as fault:
        raise SourceBuildFailed(title, "what its build needs cannot be had", fault.said) from None
    resolution = read_resolution(text, ())
    return tuple(f"{name}=={version}" for name, version in sorted(resolution.pins.items()))


def _build_requires(sdist: Path, title: str) -> tuple[str, ...]:
    """``build-system.requires`` of the archive, or what PEP 517 says stands for nothing."""
    try:
        text = _pyproject(sdist)
        table = tomli.loads(text).get("build-system") if text is not None else None
        if not isinstance(table, dict) or not isinstance(table.get("requires"), list):
            return _LEGACY_BUILD
        return tuple(str(entry) for entry in table["requires"])
    except _UNREADABLE as fault:
        raise SourceBuildFailed(title, f"the archive cannot be read: {fault}") from None


def _pyproject(sdist: Path) -> str | None:
    if sdist.suffix == ".zip":
        with zipfile.ZipFile(sdist) as zipped:
            inside = [name for name in zipped.namelist() if _is_pyproject(name)]
            if not inside:
                return None
            with zipped.open(inside[0]) as stream:
                return stream.read(_MOST_BYTES).decode()
    with tarfile.open(sdist) as archive:
        for member in archive:
            if member.isfile() and _is_pyproject(member.name):
                packed = archive.extractfile(member)
                return packed.read(_MOST_BYTES).decode() if packed is not None else None
    return None


def _is_pyproject(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return len(parts) == 2 and parts[1] == "pyproject.toml"


def _fits(filename: str, target: Target) -> bool:
    """Pure wheels fit everywhere; compiled ones where the tag fits and this machine's libc is no newer."""
    if wheel_rank(filename, target) is None:
        return False
    if filename.endswith("-any.whl"):
        return True
    name, version = platform.libc_ver()
    ours = tuple(int(part) for part in version.split(".")[:2]) if name == "glibc" else (999,)
    return platform.machine() == machine_of(target) and ours <= target.glibc
