from .capture import *
from .features import FlowTable, entropy
from . import enrich

__version__ = "0.3"
