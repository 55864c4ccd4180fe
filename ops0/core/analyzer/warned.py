"""Warnings in the order of their places, and steps that get more of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ops0.core.pipeline import Step, Warn

__all__ = ["in_order", "warned"]


def in_order(warnings: Iterable[Warn]) -> tuple[Warn, ...]:
    """Each once, by place."""
    return tuple(sorted(set(warnings), key=lambda one: (one.where, one.text)))


def warned(step: Step, more: Iterable[Warn]) -> Step:
    """A step with more warnings."""
    return replace(step, warnings=in_order((*step.warnings, *more)))
