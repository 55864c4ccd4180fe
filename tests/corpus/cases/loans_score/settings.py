import os
from datetime import date

import yaml
from dotenv import load_dotenv

load_dotenv()

SEED = 7
TARGET = "defaulted"
CUTOFF = date(2021, 6, 30)
WAREHOUSE = os.getenv("WAREHOUSE", "postgresql+psycopg://risk@warehouse/loans")
NUMERIC = ["income", "debt", "age", "limit"]
CATEGORIES = ["region", "purpose", "channel"]


def config(path="score.yaml"):
    with open(path) as file:
        return yaml.safe_load(file)
