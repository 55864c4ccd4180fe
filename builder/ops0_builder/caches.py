"""Build caches outside the engine, as ``--cache-from`` and ``--cache-to`` name them. Pure but for ``check_caches``.

BuildKit writes the cache of one target to one place, and the next target's over it: here each step has a place of its
own below the one that is named, ``ref`` with the step in its tag, a folder in ``dest``, or a ``scope``.

source: https://docs.docker.com/build/cache/backends/
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from ops0.core.errors import BuildError, SettingsError
from ops0.core.pipeline import StepName
from ops0.host.engine_socket import EngineSocket
from ops0_builder.engine.engine_images import image_store
from ops0_builder.engine.names import image_component
from ops0_builder.registry.reference import parse_reference

Way = Literal["from", "to"]
KINDS = ("registry", "gha", "local")
_GHA_TOKEN = "ACTIONS_RUNTIME_TOKEN"  # noqa: S105 - the name of a variable
_GHA_ADDRESSES = ("ACTIONS_RESULTS_URL", "ACTIONS_CACHE_URL")
_GHA_SECOND = "ACTIONS_CACHE_SERVICE_V2"


class BadCache(SettingsError):
    """A ``--cache-from`` or ``--cache-to`` that names no cache."""

    exit_code = 5

    def __init__(self, way: Way, spec: str, fact: str) -> None:
        place = "src" if way == "from" else "dest"
        super().__init__(
            f"--cache-{way} {spec}: {fact}",
            f"write it as type=registry,ref=registry.example:5000/team/cache, type=local,{place}=FOLDER or type=gha",
        )
        self.way, self.fact = way, fact


class CacheUnusable(BuildError):
    """A build cache that this engine, or this environment, cannot serve. Nothing was built."""

    exit_code = 49

    def __init__(self, fact: str, hint: str) -> None:
        super().__init__(fact, hint)
        self.fact = fact


@dataclass(frozen=True, kw_only=True, slots=True)
class Cache:
    """One cache.

    place: ref, folder or scope that steps share;  told: its other attributes as given
    platform: of a build for several, whose images have places of their own
    """

    way: Way
    kind: str
    place: str
    told: Mapping[str, str]
    platform: str = ""

    def of_step(self, pipeline: str, step: StepName) -> str:
        """The step's own place, as BuildKit reads it. Raises BadReference."""
        name = self._name(step)
        if self.kind == "registry":
            reference = parse_reference(self.place)
            tag = f"{reference.tag}-{name}" if reference.tag else name
            own = {"ref": str(reference.tagged(tag))}
        elif self.kind == "local":
            own = {_folder(self.way): str(self.folder(step))}
        else:
            own = {"scope": f"{self.place or f'ops0-{image_component(pipeline)}'}-{name}"}
        return _joined({"type": self.kind, **own, **self.told})

    def folder(self, step: StepName) -> Path:
        """Where a step's cache of kind ``local`` is."""
        return Path(self.place, self._name(step))

    def _name(self, step: StepName) -> str:
        return "-".join(filter(None, (image_component(step), self.platform.replace("/", "-"))))


@dataclass(frozen=True, kw_only=True, slots=True)
class Caches:
    """The caches of a build: ``read`` before it, ``write`` after it."""

    read: tuple[Cache, ...] = ()
    write: tuple[Cache, ...] = ()

    def options(self, pipeline: str, step: StepName) -> tuple[str, ...]:
        """What bake sets for the step's target: ``cache-from=…``, ``cache-to=…``."""
        return tuple(
            f"cache-{one.way}={one.of_step(pipeline, step)}" for one in (*self.read, *self.write)
        )

    def of_platform(self, platform: str) -> Caches:
        """The same for one of several platforms."""
        return Caches(
            read=tuple(replace(one, platform=platform) for one in self.read),
            write=tuple(replace(one, platform=platform) for one in self.write),
        )

    def rounds(self) -> tuple[Caches, ...]:
        """What one build each must write: a folder is written by a build that writes nothing else.

        buildx gives a folder's index the manifest of whichever cache of a build was written last, which may be another
        one's and so not be in that folder: then it cannot be read.
        """
        folders = [one for one in self.write if one.kind == "local"]
        others = tuple(one for one in self.write if one.kind != "local")
        parts = [*([others] if others else []), *((one,) for one in folders)]
        first, *rest = parts or [()]
        return (replace(self, write=first), *(Caches(write=one) for one in rest))

    @property
    def folders(self) -> bool:
        """Whether any is on this machine, where bake asks before it touches a file."""
        return any(one.kind == "local" for one in (*self.read, *self.write))

    def environment(self, environ: Mapping[str, str]) -> Mapping[str, str]:
        """What buildx must be told beside what the job's environment says.

        Unless it is told of the second service, it asks the address of the second one as if it were the first.
        """
        if not any(one.kind == "gha" for one in (*self.read, *self.write)):
            return {}
        results, first = (environ.get(name) for name in _GHA_ADDRESSES)
        return {_GHA_SECOND: "true"} if results and not first and _GHA_SECOND not in environ else {}


NO_CACHES = Caches()


def parse_caches(read: Iterable[str], write: Iterable[str], folder: Path) -> Caches:
    """The caches that the options name.

    folder: what relative folders are in
    raises: BadCache, BadReference
    """
    return Caches(
        read=tuple(_parse(spec, "from", folder) for spec in read),
        write=tuple(_parse(spec, "to", folder) for spec in write),
    )


def check_caches(caches: Caches, environ: Mapping[str, str], engine: EngineSocket) -> None:
    """Ask for what BuildKit would pass over without a word, or refuse late. Raises CacheUnusable, EngineError."""
    every = (*caches.read, *caches.write)
    if any(one.kind == "gha" and not _gha_is_told(one, environ) for one in every):
        raise CacheUnusable(
            f"type=gha: {_GHA_TOKEN} and {_GHA_ADDRESSES[0]} are not set: no job of GitHub Actions",
            "give them to the step that runs ops0 (`ops0 help ci` shows how), or use type=registry or type=local",
        )
    if caches.write and not image_store(engine).containerd:
        raise CacheUnusable(
            f"--cache-to: the engine at {engine.address.text} writes no cache: its image store is not containerd's",
            'set "features": {"containerd-snapshotter": true} in daemon.json; --cache-from works as it is',
        )


def empty_caches(caches: Caches, steps: Iterable[StepName]) -> tuple[Path, ...]:
    """The folders to read from that hold nothing yet; of the other kinds BuildKit itself tells."""
    local = [one for one in caches.read if one.kind == "local"]
    folders = (one.folder(step) for step in steps for one in local)
    return tuple(folder for folder in folders if not (folder / "index.json").is_file())


def _parse(spec: str, way: Way, folder: Path) -> Cache:
    try:
        (fields,) = csv.reader([spec], strict=True)
    except (csv.Error, ValueError):
        raise BadCache(way, spec, "it cannot be read as NAME=VALUE,…") from None
    if len(fields) == 1 and "=" not in spec:
        fields = ["type=registry", f"ref={spec}"]  # as buildx has it
    pairs = [field.partition("=") for field in fields]
    told = {name.strip().lower(): value for name, _, value in pairs}
    if len(told) != len(fields) or not all(equals and name for name, equals, _ in pairs):
        raise BadCache(way, spec, "it cannot be read as NAME=VALUE,…, each name once")
    kind = told.pop("type", "")
    if kind not in KINDS:
        known = ", ".join(KINDS)
        raise BadCache(way, spec, f"its type is none of {known}")
    name = {"registry": "ref", "local": _folder(way), "gha": "scope"}[kind]
    place = told.pop(name, "")
    if not place and kind != "gha":
        raise BadCache(way, spec, f"it has no {name}=…")
    if kind == "local":
        place = str(folder / place)
    if kind == "registry" and parse_reference(place).digest:
        raise BadCache(way, spec, "a digest names one cache; give a tag, or none")
    return Cache(way=way, kind=kind, place=place, told=told)


def _folder(way: Way) -> str:
    return "src" if way == "from" else "dest"


def _joined(told: Mapping[str, str]) -> str:
    return ",".join(_quoted(f"{name}={value}") for name, value in told.items())


def _quoted(field: str) -> str:
    """A field of a line of CSV. source: RFC 4180."""
    if any(sign in field for sign in ',"\r\n') or field != field.strip():
        return '"{}"'.format(field.replace('"', '""'))
    return field


def _gha_is_told(cache: Cache, environ: Mapping[str, str]) -> bool:
    token = cache.told.get("token") or environ.get(_GHA_TOKEN)
    address = cache.told.get("url_v2") or cache.told.get("url")
    return bool(token and (address or any(environ.get(name) for name in _GHA_ADDRESSES)))
