from .base import Chooser, NearestChooser
from .fuzzy import FuzzyChooser
from .vectors import VectorChooser

__all__ = ["Chooser", "FuzzyChooser", "NearestChooser", "VectorChooser"]
