"""Blocks that read and write tables."""

from desk.blocks.big import BigTables
from desk.blocks.postgres import PostgresTables
from desk.blocks.snow import SnowTables

__all__ = ["BigTables", "PostgresTables", "SnowTables"]
