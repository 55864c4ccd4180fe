"""What ops0 itself puts into every image: the runner, the part of ops0 that user code imports, cloudpickle last.

It pins nothing of the user's: standard library only, and cloudpickle stands in a folder at the end of the path, so
that one from the user's lock wins.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ops0.core.digest import digest_of, sha256

_IMAGE_CORE = (
    "__init__.py",
    "decorators.py",
    "errors.py",
    "quantities.py",
    "storage.py",
    "tracebacks.py",
)
"""Modules of ``ops0.core`` that go into images, beside ``ops0/__init__.py``. A test holds that they run there."""

_IMAGE_INTEGRATIONS = ("__init__.py", "pandas.py", "pytorch.py", "sklearn.py", "tensorflow.py")
"""Modules of ``ops0.integrations`` that go into images."""

_IMAGE_CORE_FOLDERS = ("api", "values")
"""Packages of ``ops0.core`` that go into images whole."""

RUNNER_FORMAT = 1
"""Raised when the same files are laid into the image in another way."""


@dataclass(frozen=True)
class RunnerFiles:
    """Files by their path under the runner's folder: ``ops0/…``, ``ops0_runner/…``, ``vendor/cloudpickle/…``."""

    files: Mapping[str, bytes]

    @cached_property
    def digest(self) -> str:
        """Hex digest over all names and bytes."""
        return digest_of([RUNNER_FORMAT, sorted((n, sha256(b)) for n, b in self.files.items())])


def read_runner() -> RunnerFiles:
    """Read them from the installed ops0. Imports none of them."""
    files: dict[str, bytes] = {}
    ops0 = _folder("ops0")
    files["ops0/__init__.py"] = (ops0 / "__init__.py").read_bytes()
    for name in _IMAGE_CORE:
        files[f"ops0/core/{name}"] = (ops0 / "core" / name).read_bytes()
    for name in _IMAGE_INTEGRATIONS:
        files[f"ops0/integrations/{name}"] = (ops0 / "integrations" / name).read_bytes()
    for folder in _IMAGE_CORE_FOLDERS:
        files |= _python_files(ops0 / "core" / folder, f"ops0/core/{folder}")
    files |= _python_files(_folder("ops0_runner"), "ops0_runner")
    files |= _python_files(_folder("cloudpickle"), "vendor/cloudpickle")
    return RunnerFiles(files)


def _folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"No module named {package!r}", name=package)
    return Path(spec.origin).parent


def _python_files(folder: Path, prefix: str) -> Mapping[str, bytes]:
    return {
        f"{prefix}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in sorted(folder.rglob("*.py"))
    }
