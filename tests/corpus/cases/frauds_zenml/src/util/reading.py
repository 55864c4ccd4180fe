"""Payments out of a bucket."""

import os

import pandas as pd
from dotenv import load_dotenv

from src.util import columns
from src.util.preparing import by_quantile

load_dotenv()

KNOWN = 0.6


def payments(name: str = None) -> pd.DataFrame:
    found = pd.read_csv(os.environ.get("BUCKET") + (name or os.environ.get("NAME")))
    if not isinstance(found, pd.DataFrame):
        raise ValueError(f"no frame: {found.__class__.__name__}")
    return found


def known_payments() -> pd.DataFrame:
    known, _ = by_quantile(payments(), columns.STEP, quantile=KNOWN)
    return known
