from pathlib import Path

DATA = "data/train.csv"
MODELS = Path("models")
