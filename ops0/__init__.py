"""ops0: plain Python functions in, one small, cached, reproducible image per step out.

This module holds names only. Each loads the part that it needs when it is first used, so that
``import ops0`` stays cheap on a laptop and works in a step's image, where only the standard
library and a few of ops0's own files are present.
"""

from __future__ import annotations

import sys
from importlib import import_module

TYPE_CHECKING = False  # typing costs milliseconds at every start of a step
if TYPE_CHECKING:
    from typing import Any

    from ops0.cli.deployment import deploy as deploy
    from ops0.cli.run_api import run as run
    from ops0.core.api import alert as alert
    from ops0.core.api import model as model
    from ops0.core.api import source_decorators
    from ops0.core.api.attempts import retry as retry
    from ops0.core.api.attempts import timeout as timeout
    from ops0.core.api.cleaning import cleanup_after as cleanup_after
    from ops0.core.api.keeping import cache as cache
    from ops0.core.api.secrets import secrets as secrets
    from ops0.core.api.this_attempt import attempt as attempt
    from ops0.core.api.tracking import log_artifact as log_artifact
    from ops0.core.api.tracking import log_metric as log_metric
    from ops0.core.decorators import image as image
    from ops0.core.decorators import pipeline as pipeline
    from ops0.core.decorators import requires as requires
    from ops0.core.decorators import resources as resources
    from ops0.core.decorators import step as step
    from ops0.core.errors import InvalidPipelineError as InvalidPipelineError
    from ops0.core.errors import Ops0Error as Ops0Error

    source = source_decorators

__version__ = "0.1.0"

_HOMES = {
    "attempt": "ops0.core.api.this_attempt",
    "cache": "ops0.core.api.keeping",
    "cleanup_after": "ops0.core.api.cleaning",
    "deploy": "ops0.cli.deployment",
    "image": "ops0.core.decorators",
    "log_artifact": "ops0.core.api.tracking",
    "log_metric": "ops0.core.api.tracking",
    "pipeline": "ops0.core.decorators",
    "requires": "ops0.core.decorators",
    "resources": "ops0.core.decorators",
    "retry": "ops0.core.api.attempts",
    "secrets": "ops0.core.api.secrets",
    "step": "ops0.core.decorators",
    "timeout": "ops0.core.api.attempts",
    "InvalidPipelineError": "ops0.core.errors",
    "Ops0Error": "ops0.core.errors",
    "run": "ops0.cli.run_api",
}

_MODULES = {
    "alert": "ops0.core.api.alert",
    "model": "ops0.core.api.model",
    "source": "ops0.core.api.source_decorators",
}

__all__ = [  # noqa: PLE0604 - the names are given by __getattr__ below
    "__version__",
    *sorted({**_HOMES, **_MODULES}),
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        value = import_module(_MODULES[name])
    elif name in _HOMES:
        value = getattr(import_module(_HOMES[name]), name)
    else:
        fault = AttributeError(f"module 'ops0' has no attribute {name!r}")
        fault.name, fault.obj = name, sys.modules[__name__]  # of these Python makes: did you mean
        raise fault
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
