"""Circles, in whole numbers."""

from .registry import shape


@shape("circle")
def circle(radius):
    return 3 * radius * radius
