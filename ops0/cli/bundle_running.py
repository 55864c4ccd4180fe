"""A bundle run from its file: everything that is asked of it is checked before an image is loaded."""
# ruff: noqa: PLC0415 - only what a stage needs is loaded

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ops0.cli import bundles, running
from ops0.cli.trust import check_no_secrets
from ops0.core.pipeline import JsonValue, Pipeline

if TYPE_CHECKING:
    from ops0.runtime.options import RunOptions
    from ops0.runtime.report import Report
    from ops0_builder.registry.signing import Identity


@dataclass(frozen=True, kw_only=True, slots=True)
class BundleRun:
    """A run of a bundle, as it is asked for.

    who:     refuse a bundle that this public key, or this identity, has not signed
    offline: refuse steps that ask for the network, and trust that would be fetched
    secrets: hand over the secrets it asks for, post its alerts
    out:     a folder that shall get the results' files, seen before the run to be usable
    """

    path: Path
    who: str | Identity | None = None
    offline: bool = False
    secrets: bool = False
    out: Path | None = None

    def run(self, options_of: Callable[[Pipeline], RunOptions]) -> Report:
        """Check the whole bundle and what it is given, then load and run it.

        options_of: what is asked of the run, for the pipeline that the bundle holds

        raises: NoRootOffline, NoBundle, BundleDamaged, BundleNotSigned, BundleUnfit, SecretNotGranted, ParamFault
                before an image is loaded; NotLoaded, RunError, EngineError and their kinds
        """
        from ops0.runtime.execution.params import check_params
        from ops0_builder.bundle.signature import check_offline_trust

        if self.offline:
            check_offline_trust(self.who, os.environ)
        with bundles.opened(self.path, self.who) as bundle:
            pipeline = bundle.bundle.pipeline
            bundles.check_platform(self.path, bundle.bundle)
            if self.offline:
                bundles.check_offline(self.path, pipeline)
            if not self.secrets:
                hint = "if you trust whoever made the bundle, hand them over: --secrets"
                check_no_secrets(str(self.path), pipeline, hint)
            options = options_of(pipeline)
            params = {**self._before(pipeline, options.resume), **options.params}
            check_params(pipeline, params)
            secrets = running.secrets_of(pipeline, Path.cwd())
            if self.out is not None:
                running.check_export(self.out)
            digests, _ = bundles.load(bundle)
        options = replace(options, params=params, secrets=secrets)
        return bundles.run(self.path, pipeline, digests, options)

    def _before(self, pipeline: Pipeline, resume: str | None) -> Mapping[str, JsonValue]:
        """What the run was given that is to go on. Raises NoRun, CannotResume."""
        if resume is None:
            return {}
        return running.past_of_run(str(self.path.resolve()), pipeline, resume).params
