"""Names of columns."""

STEP = "step"
TARGET = "fraud"
NUMERICAL = ["amount", "mean", "most"]
