"""The proof of an image: with no network and the profile of a run, every need of its step can be imported."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ops0.core.digest import digest_of
from ops0.core.errors import Ops0Error
from ops0.core.pipeline import Need, Step, StepName
from ops0.core.plan import ImagePlan, Plan
from ops0.host.engine_socket import EngineSocket
from ops0.host.folders import write_aside
from ops0_builder.build_errors import ProofFailed
from ops0_builder.foreign_proof import prove_foreign
from ops0_builder.once import Once, run_once

SECONDS = 600.0
LOG_LINES = 20
_LIBRARY = re.compile(r"(lib[\w.+-]+\.so[.\d]*)")


def proof_key(image: ImagePlan) -> str:
    """What a proof is about: everything below the code, and the imports. Code alone needs no new proof."""
    return digest_of(["proof", 1, _below_code(image), list(image.imports)])


def _below_code(image: ImagePlan) -> list[str]:
    return [layer.key for layer in image.layers if layer.kind not in ("model", "code")]


def prove_images(
    plan: Plan,
    digests: Mapping[StepName, str],
    *,
    engine: EngineSocket,
    folder: Path,
    on_proof: Callable[[StepName, bool], None] = lambda _step, _begun: None,
) -> Mapping[StepName, Ops0Error]:
    """Prove images side by side; gives the faults, nothing for all is well. What was proved is noted in ``folder``.

    raises: EngineError
    """
    todo = [
        plan.image(step)
        for step in digests
        if plan.image(step).imports and not (folder / proof_key(plan.image(step))).exists()
    ]

    def prove(group: Sequence[ImagePlan]) -> Sequence[ProofFailed | None]:
        for image in group:
            on_proof(image.step, True)
        faults = _prove(plan, group, digests, engine)
        for image, fault in zip(group, faults, strict=True):
            if fault is None:
                write_aside(folder / proof_key(image), b"")
            on_proof(image.step, False)
        return faults

    groups = alike(todo)
    with ThreadPoolExecutor(max_workers=4) as pool:
        found = list(pool.map(prove, groups))
    return {
        image.step: fault
        for group, faults in zip(groups, found, strict=True)
        for image, fault in zip(group, faults, strict=True)
        if fault is not None
    }


def alike(images: Iterable[ImagePlan]) -> tuple[tuple[ImagePlan, ...], ...]:
    """The images that differ in their code alone, together: what can be imported in one can be in all. Pure."""
    groups: dict[tuple[str, ...], list[ImagePlan]] = {}
    for image in images:
        groups.setdefault((image.base.digest, *_below_code(image)), []).append(image)
    return tuple(tuple(group) for group in groups.values())


def _prove(
    plan: Plan,
    group: Sequence[ImagePlan],
    digests: Mapping[StepName, str],
    engine: EngineSocket,
) -> Sequence[ProofFailed | None]:
    """The faults of images that are alike. One container imports for all; each has its own only if that fails.

    Two steps' imports may not go together, though each step's do: a fault counts only where a step's own are alone.
    """
    if len(group) > 1 and not group[0].base.native:
        union = tuple(sorted({name for image in group for name in image.imports}))
        ended = _import_all(engine, digests[group[0].step], group[0].step, union)
        if judge(plan.pipeline.step(group[0].step), union, ended) is None:
            return [None for _ in group]
    return [_prove_alone(plan, image, digests[image.step], engine) for image in group]


def _prove_alone(
    plan: Plan, image: ImagePlan, digest: str, engine: EngineSocket
) -> ProofFailed | None:
    step = plan.pipeline.step(image.step)
    if image.base.native:
        return prove_foreign(engine, digest, step, image)
    return judge(step, image.imports, _import_all(engine, digest, image.step, image.imports))


def _import_all(
    engine: EngineSocket, digest: str, step: StepName, imports: tuple[str, ...]
) -> Once:
    return run_once(
        engine,
        digest,
        ("/ops0/venv/bin/python", "-I", "-m", "ops0_runner.prove", json.dumps(imports)),
        labels={"ops0.kind": "proof", "ops0.step": step},
        timeout=SECONDS,
    )


def judge(step: Step, imports: tuple[str, ...], ended: Once) -> ProofFailed | None:
    """What a proof's output says. Pure. None only if every import said that it was done."""
    said = _said(ended.out)
    for module in imports:
        state = said.get(module, {})
        if state.get("state") == "done":
            continue
        error = str(state.get("error") or f"the interpreter ended with exit code {ended.code}")
        need = _need(step, module)
        return ProofFailed(
            step=step.name,
            module=module,
            reason=str(need.reasons[0].where if need else step.where),
            error=error,
            hint=_hint(module, error, state.get("missing")),
            log="\n".join(ended.err.splitlines()[-LOG_LINES:]),
        )
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


def _need(step: Step, module: str) -> Need | None:
    return next((need for need in step.needs if module in need.imports), None)


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
