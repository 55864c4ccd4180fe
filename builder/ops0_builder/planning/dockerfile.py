"""One step's Dockerfile, from a template that only places finished values."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ops0.core.plan import ImagePlan, LayerKind
from ops0_builder.planning.context import EPOCH, Context
from ops0_builder.resources import resource
from ops0_runner.protocol import STEP_FILE, USER_ID

# -I: neither PYTHON… variables nor the working folder can change what the runner imports.
ENTRYPOINT = ("/ops0/venv/bin/python", "-I", "-m", "ops0_runner", STEP_FILE)

_SAFE = re.compile(r"[A-Za-z0-9_./@:=+!,() -]*", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Mount:
    """A context that a stage sees while it runs."""

    context: str
    target: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """One build stage: what it does becomes one layer.

    wheels_for: the platform as uv names it, where it is not that of the stage: ``aarch64-manylinux_2_36``
    """

    name: str
    kind: LayerKind
    comment: str
    mounts: tuple[Mount, ...] = ()
    wheels_for: str = ""

    @property
    def argv(self) -> tuple[str, ...]:
        """What the stage runs."""
        job = self.kind if self.kind in ("runner", "system") else "packages"
        more = (self.wheels_for,) if job == "packages" and self.wheels_for else ()
        return ("python3", "-IB", "/ops0-build/tools/install.py", job, str(EPOCH), *more)


def step_dockerfile(
    image: ImagePlan, pipeline: str, stages: tuple[Stage, ...], copied: tuple[Context, ...]
) -> str:
    """The text. Every value was checked to hold no character that means something to a Dockerfile.

    copied: the contexts that are layers as they are, the step's own files last
    raises: ValueError for a value that was not checked where it came in; a fault of ops0
    """
    text: str = (
        _environment()
        .get_template("step.Dockerfile.j2")
        .render(
            step=image.step,
            pipeline=pipeline,
            stages=stages,
            copied=[one.folder for one in copied],
            native=bool(image.base.native),
            user=USER_ID,
            entrypoint=ENTRYPOINT,
        )
    )
    return text


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(resource("templates")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - no HTML; `finalize` refuses what a Dockerfile could misread
        finalize=_checked,
    )
    environment.filters["exec_form"] = _exec_form
    return environment


class _ExecForm(str):
    """JSON made by ourselves: may hold quotes and brackets."""

    __slots__ = ()


def _exec_form(argv: tuple[str, ...]) -> _ExecForm:
    return _ExecForm(json.dumps(list(argv)))


def _checked(value: object) -> object:
    if isinstance(value, _ExecForm):
        return value
    if not _SAFE.fullmatch(str(value)):
        raise ValueError(f"{value!r} may not stand in a Dockerfile")
    return value
