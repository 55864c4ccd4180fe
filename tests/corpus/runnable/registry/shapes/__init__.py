"""A package that loads its plug-ins, relatively."""

from . import flat, round
from .lookup import area as area
