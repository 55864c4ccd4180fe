"""Names in the engine's grammar: the same input gives the same name, two inputs never share one."""

from __future__ import annotations

import re

from ops0.core.digest import sha256

FIT = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}", re.ASCII)
_COMPONENT = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*", re.ASCII)


def is_fit(name: str) -> bool:
    """Whether a step or pipeline may be called so (capitals are lowered in image names)."""
    return FIT.fullmatch(name.lower()) is not None and name.isascii()


def image_component(name: str) -> str:
    """One component of an image's name for a fit name.

    shape:  matches the engine's grammar; a name that had to be changed ends in 8 hex digits of its hash
    source: https://pkg.go.dev/github.com/distribution/reference
    """
    if _COMPONENT.fullmatch(name):
        return name
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return f"{plain}-{sha256(name.encode())[:8]}"


def image_tag(pipeline: str, step: str, key: str) -> str:
    """``ops0/<pipeline>/<step>:<first 16 digits of the content key>``."""
    return f"ops0/{image_component(pipeline)}/{image_component(step)}:{key[:16]}"


def bundled_name(name: str) -> str:
    """The name in a bundle of an image that has an ``image_tag``, also where a registry's host stands before it.

    It is another, so that nobody's bundle brings an image that a build takes for its own.
    """
    host, own, rest = name.partition("ops0/")
    return f"{host}ops0-bundle/{rest}" if own else name


def target_name(step: str) -> str:
    """The bake target of a fit step name: letters, digits, ``_`` and ``-`` only."""
    if re.fullmatch(r"[a-z0-9_-]+", step):
        return step
    return f"{re.sub('[^a-z0-9_-]', '-', step.lower())}-{sha256(step.encode())[:8]}"


def stage_name(kind: str, title: str, key: str) -> str:
    """A Dockerfile stage for a layer: ``package-pandas-1a2b3c4d5e6f``."""
    plain = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40]
    return f"{kind}-{plain}-{key[:12]}" if plain else f"{kind}-{key[:12]}"
