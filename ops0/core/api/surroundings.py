"""``@ops0.resources`` and ``@ops0.image``: what a step may use, and what it stands on. Runs in images: Python 3.8."""

from __future__ import annotations

import re

from ops0.core.api.marks import MarkFault, checked, flag, marking, number, text
from ops0.core.quantities import size_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Mapping, Optional, TypeVar, Union

    F = TypeVar("F", bound=Callable[..., Any])

__all__ = ["image", "image_fields", "resource_fields", "resources"]

_PYTHON = re.compile(r"3\.[0-9]{1,2}")
_LEAST_MEMORY = 6 * 1024**2  # the Docker Engine starts nothing with less


def resources(
    cpu: Optional[float] = None,
    memory: Union[str, int, None] = None,
    gpu: int = 0,
    network: bool = False,
    native_code: Optional[bool] = None,
) -> Callable[[F], F]:
    """Limit what a step may use: ``@ops0.resources(cpu=2, memory="4GiB", network=True)``.

    cpu:     processors, from 0.01 to 4096;  memory: at least ``"6MiB"``, or bytes;  None: no limit of its own
    gpu:     only 0: ops0 cannot give one yet
    network: whether the step's container has a network; by default it has none
    native_code: whether programs and libraries that the step itself unpacks or compiles can run in its container, as
             those of Spark and torch.compile;  None: where the rules know that it needs that
    raises:  StepDefinitionError
    """
    given = {
        "cpu": cpu,
        "memory": memory,
        "gpu": gpu,
        "network": network,
        "native_code": native_code,
    }
    return marking("resources", checked("@ops0.resources", resource_fields, given))


def image(
    base: Optional[str] = None, python: Optional[str] = None, group: Optional[str] = None
) -> Callable[[F], F]:
    """Choose a step's base image, its Python (``"3.12"``), or a group of steps whose versions are resolved separately.

    raises: StepDefinitionError
    """
    given = {"base": base, "python": python, "group": group}
    return marking("image", checked("@ops0.image", image_fields, given))


def resource_fields(given: Mapping[str, Any]) -> Dict[str, Any]:
    """Check the arguments of ``@ops0.resources``; ``memory`` in bytes. Raises MarkFault, QuantityError."""
    if given.get("gpu", 0) != 0:
        raise MarkFault("ops0 cannot give a GPU to a step yet", "leave gpu out")
    cpu, memory, native = given.get("cpu"), given.get("memory"), given.get("native_code")
    size = None if memory is None else size_bytes(memory)
    if size is not None and size < _LEAST_MEMORY:
        raise MarkFault(f"memory={memory!r:.60} is less than 6MiB", 'write "512MiB"')
    return {
        "cpu": None if cpu is None else number(cpu, "cpu", 0.01, 4096),
        "memory": size,
        "network": flag(given.get("network", False), "network"),
        "native_code": None if native is None else flag(native, "native_code"),
    }


def image_fields(given: Mapping[str, Any]) -> Dict[str, Any]:
    """Check the arguments of ``@ops0.image``. Raises MarkFault."""
    found = {name: text(given.get(name), name) for name in ("base", "python", "group")}
    if found["python"] is not None and not _PYTHON.fullmatch(found["python"]):
        raise MarkFault(f"python={found['python']!r:.60} is no version", 'write python="3.12"')
    return found
