"""The proof of an image: with no network and the profile of a run, every need of its step can be imported."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from ops0.core.digest import digest_of
from ops0.core.pipeline import Step, StepName
from ops0.core.plan import ImagePlan, Plan
from ops0.host.engine_socket import EngineSocket
from ops0_builder.build_errors import ProofFailed
from ops0_builder.building.foreign_proof import prove_foreign
from ops0_builder.engine.once import Once, Together, run_once
from ops0_builder.notes import read_note

SECONDS = 600.0
_LOG_LINES = 20
_LIBRARY = re.compile(r"(lib[\w.+-]+\.so[.\d]*)")


def proof_key(image: ImagePlan) -> str:
    """What a proof is about: everything below the code, the imports, and walls. Code alone needs no new proof."""
    native = ["native code"] if image.native_code else []
    return digest_of(["proof", 1, below_code(image), list(image.imports), *native])


def below_code(image: ImagePlan) -> list[str]:
    """The keys of the layers that a change of code leaves as they are, the lowest first."""
    return [layer.key for layer in image.layers if layer.kind not in ("model", "code")]


def note(folder: Path, image: ImagePlan) -> Path:
    """The file that says that an image was proved."""
    return folder / proof_key(image)


def proved(
    images: Iterable[ImagePlan], folder: Path, place: str | None = None
) -> tuple[ImagePlan, ...]:
    """Those that were proved, as far as ``folder`` knows. ``place``: on the engine of this id; None: on any."""
    return tuple(image for image in images if _was_proved(note(folder, image), place))


def _was_proved(file: Path, place: str | None) -> bool:
    try:
        said = read_note(file)
    except OSError:
        return False
    return place is None or said == place.encode()


def alike(images: Iterable[ImagePlan]) -> tuple[tuple[ImagePlan, ...], ...]:
    """The images that differ in their code alone, together: what can be imported in one can be in all. Pure."""
    groups: dict[tuple[object, ...], list[ImagePlan]] = {}
    for image in images:
        alone = image.step if image.base.native else ""  # of a foreign one each is read by itself
        alike = (alone, image.native_code, image.base.digest, *below_code(image))
        groups.setdefault(alike, []).append(image)
    return tuple(tuple(group) for group in groups.values())


def prove_together(
    plan: Plan,
    group: Sequence[ImagePlan],
    step: StepName,
    digest: str,
    engine: EngineSocket,
    together: Together,
) -> ProofFailed | None:
    """Import for all of a group of images that are alike in one of them, that of ``step``; None where all can be.

    Two steps' imports may not go together, though each step's do: a fault counts only where a step's own are alone.
    """
    if len(group) == 1:
        return prove_alone(plan, group[0], digest, engine, together)
    union = tuple(sorted({name for image in group for name in image.imports}))
    step_of = plan.pipeline.step(step)
    ended = _import_all(engine, digest, step_of, union, together)
    return judge(step_of, union, ended)


def prove_alone(
    plan: Plan, image: ImagePlan, digest: str, engine: EngineSocket, together: Together
) -> ProofFailed | None:
    """Import what one step needs in its own image; for a foreign one read whether it is there."""
    step = plan.pipeline.step(image.step)
    if image.base.native:
        return prove_foreign(engine, digest, step, image)
    ended = _import_all(engine, digest, step, image.imports, together)
    return judge(step, image.imports, ended)


def _import_all(
    engine: EngineSocket,
    digest: str,
    step: Step,
    imports: tuple[str, ...],
    together: Together,
) -> Once:
    return run_once(
        engine,
        digest,
        ("/ops0/venv/bin/python", "-I", "-m", "ops0_runner.prove", json.dumps(imports)),
        labels={"ops0.kind": "proof", "ops0.step": step.name},
        timeout=SECONDS,
        together=together,
        native_code=bool(step.native_code),
    )


def judge(step: Step, imports: tuple[str, ...], ended: Once) -> ProofFailed | None:
    """What a proof's output says. Pure. None only if every import said that it was done."""
    said = _said(ended.out)
    for module in imports:
        state = said.get(module, {})
        if state.get("state") == "done":
            continue
        error = str(state.get("error") or f"the interpreter ended with exit code {ended.code}")
        hint = _hint(module, error, state.get("missing"))
        log = "\n".join(ended.err.splitlines()[-_LOG_LINES:])
        return ProofFailed(step, module, error, hint, log)
    return None


def _said(out: str) -> dict[str, dict[str, object]]:
    said: dict[str, dict[str, object]] = {}
    for line in out.splitlines():
        try:
            value = json.loads(line)
        except ValueError:
            continue
        if isinstance(value, dict):
            said[str(value.get("import"))] = value
    return said


def _hint(module: str, error: str, missing: object) -> str:
    library = _LIBRARY.search(error)
    if library:
        return (
            f"name the Debian package that holds {library[1]} on the step: "
            '@ops0.requires(apt=["…"]) (packages.debian.org finds it)'
        )
    if isinstance(missing, str) and missing.split(".")[0] != module.split(".", maxsplit=1)[0]:
        return (
            f"{module} wants `{missing}` without declaring it: "
            'name its distribution on the step: @ops0.requires("…")'
        )
    return 'name the distribution that provides it on the step: @ops0.requires("…")'
