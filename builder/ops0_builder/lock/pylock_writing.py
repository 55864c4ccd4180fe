"""A step's lock as the bytes of a PEP 751 file: same lock, same bytes.

The specification asks for a ``url`` or a ``path`` with every file. ops0 writes ``path = "wheels/<filename>"``,
relative to the lock file, and no URL: where a file is fetched from is a setting of the machine that does. What
makes a file the right one is its sha256. A package has an ``sdist`` exactly when ops0 built its wheel from it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from ops0.core.locked import LockedDistribution, LockedFile, LockedSource, StepLock, Target
from ops0_builder.lock.inputs import FORMAT, StepInputs

_HEAD = "# Made by `ops0 lock`, checked whenever it is read. PEP 751; the files are named, not placed: see the docs.\n"
_NO_INDEXES: Mapping[str, str] = MappingProxyType({})
_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


def machine_of(target: Target) -> str:
    """The machine as Python and wheels name it: ``x86_64`` for ``linux/amd64``."""
    name = target.platform.split("/")[1] if "/" in target.platform else target.platform
    return _MACHINES.get(name, name)


def pylock_text(
    lock: StepLock, inputs: StepInputs, indexes: Mapping[str, str] = _NO_INDEXES
) -> str:
    """The whole file, ending in a newline. ``indexes``: name -> origin of what is not from the default one."""
    target = lock.target
    marker = f"sys_platform == 'linux' and platform_machine == '{machine_of(target)}'"
    lines = [
        'lock-version = "1.0"',
        f"environments = [{_text(marker)}]",
        f"requires-python = {_text(f'=={target.python}.*')}",
        'created-by = "ops0"',
    ]
    if not lock.distributions:
        lines.append("packages = []")
    for distribution in sorted(lock.distributions, key=lambda entry: entry.name):
        lines.extend(_package(distribution, indexes.get(distribution.name)))
    lines.extend(_own_table(lock, inputs))
    return _HEAD + "\n".join(lines) + "\n"


def _package(distribution: LockedDistribution, index: str | None) -> Iterator[str]:
    yield ""
    yield "[[packages]]"
    yield f"name = {_text(distribution.name)}"
    yield f"version = {_text(distribution.version)}"
    if distribution.sdist is not None:
        yield f"sdist = {_file(distribution.sdist)}"
    yield f"wheels = [{_file(distribution.wheel)}]"
    own = [f"index = {_text(index)}"] if index is not None else []
    if distribution.build:
        own.append(f"build = {_list(distribution.build)}")
    if distribution.source is not None:
        own.append(f"source = {_source(distribution.source)}")
    if own:
        yield f"tool = {{ ops0 = {{ {', '.join(own)} }} }}"


def _own_table(lock: StepLock, inputs: StepInputs) -> Iterator[str]:
    target = lock.target
    yield ""
    yield "[tool.ops0]"
    yield f"format = {FORMAT}"
    yield f"step = {_text(lock.step)}"
    if inputs.group is not None:
        yield f"group = {_text(inputs.group)}"
    yield f"requirements = {_list(inputs.requirements)}"
    yield f"inputs = {_text(inputs.digest)}"
    yield f"digest = {_text(lock.digest)}"
    glibc = f"[{target.glibc[0]}, {target.glibc[1]}]"
    yield (
        f"target = {{ python = {_text(target.python)}, "
        f"platform = {_text(target.platform)}, glibc = {glibc} }}"
    )


def _source(source: LockedSource) -> str:
    more = "".join(
        f", {key} = {_text(value)}"
        for key, value in (("inside", source.inside), ("ref", source.ref))
        if value
    )
    return f"{{ {source.kind} = {_text(source.place)}, digest = {_text(source.digest)}{more} }}"


def _file(file: LockedFile) -> str:
    return (
        f"{{ name = {_text(file.filename)}, path = {_text(f'wheels/{file.filename}')}, "
        f"size = {file.size}, hashes = {{ sha256 = {_text(file.sha256)} }} }}"
    )


def _list(texts: tuple[str, ...]) -> str:
    return "[" + ", ".join(_text(text) for text in texts) + "]"


def _text(text: str) -> str:
    """A TOML basic string: JSON's, but for DEL, which TOML wants escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
