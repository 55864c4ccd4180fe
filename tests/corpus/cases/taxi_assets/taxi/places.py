import os

ROOT = "s3://taxi-lake/" if os.getenv("DEPLOYED") else "data/"
ZONES = f"{ROOT}zones.csv"
WEEKS = "data/weeks.csv"
MAP = "data/map.png"
