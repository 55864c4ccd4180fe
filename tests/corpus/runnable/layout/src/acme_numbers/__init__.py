"""The public names."""

from .heavy import cluster as cluster
from .simple import mean, spread

__all__ = ["mean", "spread"]
