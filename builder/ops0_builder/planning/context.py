"""A build context as a value: files as bytes, and files known by their hash. Its folder is named by its content.

BuildKit overlooks a change of equal size and time in a folder it has seen (moby/buildkit#5680); a folder that never
changes cannot be misread.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ops0.core.digest import digest_of, sha256
from ops0.core.locked import LockedDistribution, LockedFile
from ops0.host.folders import cache_dir
from ops0_builder.build_errors import WheelGone
from ops0_builder.planning.left_out import left_out

if TYPE_CHECKING:
    from ops0.core.models.store import ModelVersion

EPOCH = 1_700_000_000
"""Seconds: the time of everything that ops0 writes into an image (SOURCE_DATE_EPOCH), 14 November 2023."""

_PROXIES = ("ALL_PROXY", "FTP_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY")
BUILD_ARGUMENTS = {
    "SOURCE_DATE_EPOCH": str(EPOCH),
    **{spelled: "" for name in _PROXIES for spelled in (name, name.lower())},
}
"""What every build is given. The docker command adds the proxies of its config.json where they are not, and the builder
keeps arguments in its history, passwords included. No build needs one: none has a network."""


@dataclass(frozen=True, kw_only=True)
class Context:
    """One folder for BuildKit.

    name:    for people; lower case, digits and ``-``
    files:   path in the folder (POSIX) -> bytes
    linked:  files of the wheelhouse, in the folder under their own name
    model:   a kept model, whose files are below MODEL_DIR
    """

    name: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    linked: tuple[LockedFile, ...] = ()
    model: ModelVersion | None = None

    @property
    def folder(self) -> str:
        """``<name>-<16 digits of the content's hash>``."""
        content = [
            sorted((path, sha256(data)) for path, data in self.files.items()),
            sorted((one.filename, one.sha256) for one in self.linked),
            *([] if self.model is None else [self.model.digest]),
        ]
        return f"{self.name}-{digest_of(content)[:16]}"


def wheels_context(name: str, distributions: Sequence[LockedDistribution]) -> Context:
    """The wheels of distributions beside the requirements.txt that pins them by hash, and what is left out of them."""
    lines = [
        f"{one.name}=={one.version} --hash=sha256:{one.wheel.sha256}\n" for one in distributions
    ]
    files = {"requirements.txt": "".join(lines).encode()}
    without = left_out(distributions)
    if without:
        files["left-out.txt"] = "".join(f"{one}\n" for one in without).encode()
    return Context(
        name=name,
        files=files,
        linked=tuple(one.wheel for one in distributions),
    )


def stage(context: Context, root: Path, wheels: Mapping[str, Path]) -> Path:
    """Write a context under ``root`` unless it is there and whole; whole or not at all. Gives its folder.

    raises: WheelGone, ModelDamaged
    """
    folder = root / context.folder
    if _is_whole(context, folder, wheels):
        return folder
    root.mkdir(parents=True, exist_ok=True)
    import tempfile  # noqa: PLC0415 - costs a start that stages nothing 6 ms

    made = Path(tempfile.mkdtemp(dir=root, prefix=f".{context.name}-"))
    try:
        fill(context, made, wheels)
        made.chmod(0o755)
        if folder.is_dir() and not _is_whole(context, folder, wheels):
            shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):  # another ops0 was faster: its folder has the same content
            made.rename(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return folder


def _is_whole(context: Context, folder: Path, wheels: Mapping[str, Path]) -> bool:
    """Whether it is there with all that it holds: files may be empty that were written just before a power cut."""
    try:
        return (
            folder.is_dir()
            and all((folder / path).read_bytes() == data for path, data in context.files.items())
            and all(_is_linked(wheels, one, folder / one.filename) for one in context.linked)
            and (context.model is None or _has_model(context.model, folder))
        )
    except OSError:
        return False


def _has_model(model: ModelVersion, folder: Path) -> bool:
    from ops0_builder.planning.models import is_laid_out  # noqa: PLC0415 - most images hold none

    return is_laid_out(model, folder)


def _is_linked(wheels: Mapping[str, Path], one: LockedFile, target: Path) -> bool:
    """Whether a wheel stands there: the wheelhouse's own file, which has been checked, or the same bytes."""
    origin = wheels.get(one.sha256)
    if origin is not None and target.samefile(origin):
        return True
    from ops0_builder.lock.wheelhouse import file_sha256  # noqa: PLC0415 - most are links

    return file_sha256(target) == one.sha256


def mark_used(folder: Path) -> None:
    """Note on a staged folder that it is used now: its change time (ctime) says so, which no build looks at."""
    facts = folder.stat()
    os.utime(folder, ns=(facts.st_atime_ns, facts.st_mtime_ns))


def contexts_dir() -> Path:
    """Where contexts are staged, all pipelines' beside each other."""
    return cache_dir() / "contexts"


def contexts_lock() -> Path:
    """The lock that builds share while they use staged contexts; who removes some holds it alone."""
    return cache_dir() / "locks" / "contexts.lock"


_PROGRAMS = (b"#!", b"\x7fELF")
"""How files begin that are started by their name: no source of files tells modes."""


def fill(context: Context, folder: Path, wheels: Mapping[str, Path]) -> None:
    """Write a context's files into a folder, with fixed modes and times. Raises WheelGone, ModelDamaged."""
    if context.model is not None:
        from ops0_builder.planning.models import lay_out  # noqa: PLC0415 - most images hold none

        lay_out(context.model, folder)
    for one in context.linked:
        _link(wheels, one, folder / PurePosixPath(one.filename).name)
    for path, data in sorted(context.files.items()):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    for parent, _, names in os.walk(folder, topdown=False):
        for name in names:
            target = Path(parent, name)
            path = target.relative_to(folder).as_posix()
            if path in context.files or context.model is not None:
                runs = context.files.get(path, b"").startswith(_PROGRAMS)
                target.chmod(0o755 if runs else 0o644)
                os.utime(target, ns=(EPOCH * 10**9, _time(target)))
        if parent != str(folder):
            Path(parent).chmod(0o755)
        os.utime(parent, (EPOCH, EPOCH))


def _time(path: Path) -> int:
    """Nanoseconds. All Dockerfiles have one name for BuildKit, so theirs differ with their content."""
    if path.name != "Dockerfile":
        return EPOCH * 10**9
    return EPOCH * 10**9 + int(sha256(path.read_bytes())[:12], 16)


def _link(wheels: Mapping[str, Path], one: LockedFile, target: Path) -> None:
    origin = wheels.get(one.sha256)
    if origin is None or not origin.is_file():
        raise WheelGone(one.filename)
    try:
        os.link(origin, target)
    except OSError:  # another file system, or one without hard links
        shutil.copy2(origin, target)
