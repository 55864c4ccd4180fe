from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
PROCESSED = ROOT / "data" / "processed"
FIGURES = ROOT / "figures"
SEED = 42


def settings(path=ROOT / "settings.yaml"):
    with open(path) as file:
        return yaml.safe_load(file)
