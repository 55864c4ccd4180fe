"""What the model sees of a transaction."""

import numpy as np
import pandas as pd


def extract_features(transactions: pd.DataFrame) -> pd.DataFrame:
    """One row a transaction: its size, the distance from home, and how far from noon it is."""
    hour = pd.to_datetime(transactions["time"], format="ISO8601").dt.hour
    return pd.DataFrame(
        {
            "amount": np.log1p(transactions["amount"]),
            "distance": np.log1p(transactions["km_from_home"]),
            "from_noon": (hour - 12).abs(),
        }
    )
