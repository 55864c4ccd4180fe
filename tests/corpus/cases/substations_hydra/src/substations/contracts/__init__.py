from .schemas import Forecast, Power
from .settings import ROOT, Settings

__all__ = ["ROOT", "Forecast", "Power", "Settings"]
