import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / "models"
TRACKING = os.getenv("MLFLOW_TRACKING_URI", "http://localhost:5000")
EXPERIMENT = "adverts"
NUMBERS = ["age", "visits", "minutes"]
WORDS = ["town", "device"]
