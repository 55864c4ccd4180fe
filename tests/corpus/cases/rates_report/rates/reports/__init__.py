from .builder import ReportBuilder
from .charting import Charts

__all__ = ["Charts", "ReportBuilder"]
