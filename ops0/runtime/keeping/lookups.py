"""Asking the cached results for a call whose inputs are all there, on a thread: a large value takes long to check."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from ops0.core.digest import digest_of
from ops0.core.pipeline import Call, CallId, JsonValue, Step
from ops0.core.quantities import duration_text
from ops0.runtime.engine import Engine, Member
from ops0.runtime.keeping.cached_results import Entry, ResultCache
from ops0.runtime.keeping.recipes import Recipe, cache_key, difference, recipe_of
from ops0.runtime.outputs.folder_members import folder_members
from ops0.runtime.outputs.manifest import Manifest, Value
from ops0.runtime.outputs.results import BadOutput, keep_output
from ops0_runner.protocol import MANIFEST_NAME


@dataclass(frozen=True, kw_only=True, slots=True)
class Keeping:
    """How a call's result is kept once it is there."""

    cache: ResultCache
    key: str
    place: str
    recipe: Recipe
    ttl: float | None

    def keep(self, members: Iterable[Member], manifest: bytes) -> str | None:
        """Keep it. Gives what is to be said where that cannot be done: a step never fails for it."""
        try:
            self.cache.keep(self.key, self.place, self.recipe, self.ttl, members, manifest)
        except OSError as fault:
            return (
                f"its result is not kept: {fault.filename or self.cache.folder}: {fault.strerror}"
            )
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """A result is kept, and is whole. ``folder``: it, linked or copied for this run;  because: where it is from."""

    call: CallId
    key: str
    entry: Entry
    manifest: Manifest
    folder: Path
    because: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Missed:
    """It must run. ``because``: why;  dropped: what was wrong with the cached result that was removed, or None."""

    call: CallId
    because: str
    keeping: Keeping | None
    dropped: str | None = None


Answer: TypeAlias = Kept | Missed


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One call, ready to run. ``project``: the root that it is of, or None.

    value:  what a producer gave;  folder: where a found result is put, not there yet
    result: where it is kept as a result of the run, or None;  fresh: take nothing, but keep what comes
    apart:  whether it is stored item by item: what is not is no use to a mapped call
    """

    engine: Engine
    cache: ResultCache
    pipeline: str
    project: str | None
    call: Call
    step: Step
    params: Mapping[str, JsonValue]
    model: str | None
    value: Callable[[CallId], Value]
    folder: Path
    result: Path | None
    fresh: bool
    apart: bool


class Lookup:
    """A thread that answers one question."""

    def __init__(self, question: Question, post: Callable[[Answer], None]) -> None:
        self._question, self._post = question, post
        name = f"ops0 {question.call.id} kept?"
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def begin(self) -> None:
        """Start the thread."""
        self._thread.start()

    def join(self, timeout: float) -> bool:
        """Wait for the thread. Gives whether it has ended."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            answer = look_up(self._question)
        except OSError as fault:
            because = f"cached results cannot be read: {fault.filename}: {fault.strerror}"
            answer = Missed(call=self._question.call.id, because=because, keeping=None)
        except Exception as fault:  # noqa: BLE001 - without an answer the call would wait for ever
            because = f"cached results cannot be asked: {type(fault).__name__}: {fault}"
            answer = Missed(call=self._question.call.id, because=because, keeping=None)
        self._post(answer)


def look_up(asked: Question) -> Answer:
    """Kept or Missed. Raises OSError where neither can be told."""
    keeping = _keeping(asked)
    call, cache = asked.call.id, asked.cache
    if asked.fresh:
        return Missed(call=call, because="--no-cache", keeping=keeping)
    entry = cache.find(keeping.key)
    if entry is None:
        return Missed(call=call, because=_why(cache.last(keeping.place), keeping), keeping=keeping)
    age = cache.now() - entry.made
    if keeping.ttl is not None and not 0 <= age <= keeping.ttl:
        old, most = duration_text(abs(age)), duration_text(keeping.ttl)
        because = f"what was kept is {old} old, and holds for {most}"
        if age < 0:
            because = f"what was kept is of {old} later than this machine's clock says"
        return Missed(call=call, because=because, keeping=keeping)
    try:
        manifest = _take(asked, entry)
    except (BadOutput, FileNotFoundError) as fault:
        fact = str(fault) if isinstance(fault, BadOutput) else f"{fault.filename} is gone"
        cache.drop(keeping.key, entry)
        return Missed(call=call, because="what was kept is damaged", keeping=keeping, dropped=fact)
    return Kept(
        call=call,
        key=keeping.key,
        entry=entry,
        manifest=manifest,
        folder=asked.folder,
        because=f"kept {duration_text(max(0, age))} ago by run {entry.run}",
    )


def _keeping(asked: Question) -> Keeping:
    step, call = asked.step, asked.call
    code = asked.engine.code(step)
    recipe = recipe_of(
        call,
        digest_of([code, "item by item"]) if asked.apart else code,
        asked.params,
        asked.value,
        model=asked.model,
        content=lambda text: asked.engine.content(step, text),
    )
    caching = step.options.cache
    return Keeping(
        cache=asked.cache,
        key=cache_key((asked.project, asked.pipeline), step, call, recipe, asked.params),
        place=f"{asked.project or ''}/{asked.pipeline}/{call.id}/{asked.engine.kind}",
        recipe=recipe,
        ttl=None if caching is None else caching.ttl,
    )


def _take(asked: Question, entry: Entry) -> Manifest:
    try:
        manifest = asked.cache.take(entry, asked.folder)
        if asked.result is not None:
            data = (asked.folder / MANIFEST_NAME).read_bytes()
            keep_output(folder_members(asked.folder), data, asked.result)
    except BaseException:
        shutil.rmtree(asked.folder, ignore_errors=True)
        raise
    return manifest


def _why(before: Recipe | None, keeping: Keeping) -> str:
    if before is None:
        return "nothing is kept of it yet"
    return difference(before, keeping.recipe) or "what was kept of it is gone"
