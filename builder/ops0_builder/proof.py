"""The proof of an image: with no network and the profile of a run, every need of its step can be imported."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
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
    layers = [layer.key for layer in image.layers if layer.kind not in ("model", "code")]
    return digest_of(["proof", 1, layers, list(image.imports)])


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

    def prove(image: ImagePlan) -> Ops0Error | None:
        on_proof(image.step, True)
        if image.base.native:
            return settled(
                image,
                prove_foreign(engine, digests[image.step], plan.pipeline.step(image.step), image),
            )
        ended = run_once(
            engine,
            digests[image.step],
            ("/ops0/venv/bin/python", "-I", "-m", "ops0_runner.prove", json.dumps(image.imports)),
            labels={"ops0.kind": "proof", "ops0.step": image.step},
            timeout=SECONDS,
        )
        return settled(image, judge(plan.pipeline.step(image.step), image.imports, ended))

    def settled(image: ImagePlan, fault: ProofFailed | None) -> ProofFailed | None:
        if fault is None:
            write_aside(folder / proof_key(image), b"")
        on_proof(image.step, False)
        return fault

    with ThreadPoolExecutor(max_workers=4) as pool:
        faults = list(pool.map(prove, todo))
    return {
        image.step: fault for image, fault in zip(todo, faults, strict=True) if fault is not None
    }


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
