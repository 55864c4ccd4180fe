from pathlib import Path

results = "results/"
data = "data/"
kept = Path("kept")
