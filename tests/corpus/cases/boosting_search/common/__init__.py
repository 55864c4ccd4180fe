from .io import read_settings, read_table
from .log import get_logger

__all__ = ["get_logger", "read_settings", "read_table"]
