"""Bundles for the commands: made, opened, loaded and run, with what takes long told on stderr."""
# ruff: noqa: PLC0415 - only what a stage needs is loaded

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ops0.cli import running, with_progress
from ops0.cli.progress.say import saying
from ops0.cli.work import Say, Work
from ops0.core.errors import raise_together
from ops0.core.pipeline import Pipeline, StepName
from ops0.host.engine_socket import EngineSocket
from ops0.host.project import BUNDLE_SUFFIX

if TYPE_CHECKING:
    from ops0.runtime.options import RunOptions
    from ops0.runtime.report import Report
    from ops0_builder.bundle.making import Carried
    from ops0_builder.bundle.reading import OpenBundle
    from ops0_builder.bundle.values import Bundle
    from ops0_builder.registry.signing import Cosign, Identity


def is_bundle(given: str | None) -> bool:
    """Whether an argument names a bundle: by its suffix, so that a name means the same on every machine."""
    return given is not None and given.endswith(BUNDLE_SUFFIX)


def create(
    work: Work,
    found: Pipeline,
    path: Path,
    *,
    tools_for: Sequence[str] = (),
    signer: Cosign | None = None,
) -> str:
    """Build what is missing and write the bundle. Gives the file's sha256.

    tools_for: put in the wheels of ops0 itself, for these Pythons;  signer: signs the file, in another one beside it
    raises:    what building raises, BundleError and its kinds, CosignFailed
    """
    from ops0_builder.bundle.making import Packing, make_bundle
    from ops0_builder.bundle.signature import sign_bundle, signature_path
    from ops0_builder.lock import lock_place
    from ops0_builder.lock.folder import lock_texts

    lock, plan = with_progress.plan_shown(work, found)
    with_progress.build_shown(work, plan, lock)
    targets = {step.step: step.target for step in lock.steps}
    texts = lock_texts(lock_place(found, folder=work.lock_folder, targets=targets), found)
    with saying() as say:
        carried = _carried(work, tools_for, say) if tools_for else None
        signature_path(path).unlink(missing_ok=True)  # of what was there before
        packing = Packing(plan=plan, lock=lock, lock_texts=texts, carried=carried)
        digest = make_bundle(path, packing, engine=work.engine, say=say)
        if signer is not None:
            say(f"signed: {sign_bundle(signer, path, digest)}")
        return digest


def _carried(work: Work, pythons: Sequence[str], say: Say) -> Carried:
    from ops0_builder.bundle.making import Carried
    from ops0_builder.bundle.tools import tool_targets
    from ops0_builder.lock.tools import user_tools

    return Carried(
        targets=tool_targets(pythons, work.target.platform),
        tools=user_tools(work.project.root, progress=say),
    )


@contextmanager
def opened(path: Path, who: str | Identity | None = None) -> Iterator[OpenBundle]:
    """A bundle, its signature checked where somebody must have signed it, and then every byte of it.

    who:    a public key, as a PEM file or ``env://NAME``; or who signs without one
    raises: NoBundle, BundleDamaged, BundleNotSigned, NoOpenssl, BadKey, BadRoot, CosignFailed
    """
    from ops0_builder.bundle.reading import opened as open_bundle
    from ops0_builder.bundle.signature import check_signature

    with saying() as say:
        say(f"checking {path}")

        # The signature first: what is not signed may be anything, and take any time and memory.
        def signed(file: IO[bytes]) -> None:
            if who is not None:
                check_signature(path, file, who, os.environ)

        with open_bundle(path, first=signed) as bundle:
            yield bundle


def load(bundle: OpenBundle) -> tuple[Mapping[StepName, str], tuple[str, ...]]:
    """See that the engine has the images: each step's, and the tags that were loaded now."""
    from ops0_builder.bundle.loading import load_images

    with saying() as say:
        return load_images(EngineSocket.from_environment(), bundle, say)


def platform_of(bundle: Bundle) -> str:
    """What a bundle's images are for, as ``linux/arm64``; "" for a pipeline without steps."""
    return next((one.target.platform for one in bundle.lock.steps), "")


def check_platform(path: Path, bundle: Bundle) -> None:
    """Whether the engine runs what the images are for. Raises BundleUnfit, EngineError."""
    from ops0_builder.bases.foreign import engine_platform
    from ops0_builder.bundle.errors import BundleUnfit

    wanted, runs = platform_of(bundle), engine_platform(EngineSocket.from_environment())
    if wanted and wanted != runs:
        hint = f"make one for it: `ops0 bundle create --platform {runs}`"
        raise BundleUnfit(str(path), f"it is for {wanted}, the engine runs {runs}", hint)


def check_offline(path: Path, pipeline: Pipeline) -> None:
    """Whether no step asks for the network. Raises BundleUnfit, of all that do together."""
    from ops0_builder.bundle.errors import BundleUnfit

    hint = "run it without --offline, or let the step do without @ops0.resources(network=True)"
    raise_together(
        [
            BundleUnfit(str(path), f"step {step.name} asks for the network", hint)
            for step in pipeline.steps
            if step.options.network
        ]
    )


def run(
    path: Path, pipeline: Pipeline, digests: Mapping[StepName, str], options: RunOptions
) -> Report:
    """Run a bundle's pipeline in these images, or go on with a run. Raises RunError, EngineError and their kinds."""
    from ops0.cli.progress.run import run_progress
    from ops0.runtime.execution.rerun import rerun_command

    engine = running.container_engine(digests)
    options = replace(
        options,
        rerun=rerun_command(str(path), engine.kind, options.params),
        project=path.resolve(),  # by which its runs are told from those of others
    )
    with run_progress() as on_event:
        return running.run_on(engine, pipeline, options, on_event=on_event)
