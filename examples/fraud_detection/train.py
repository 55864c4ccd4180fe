"""Train the detector on last month's payments, judge it on others, and keep it: ``python train.py``."""

import pandas as pd

import ops0
from detector import FraudDetector
from features import extract_features
from payments import payments


def judged(model: FraudDetector, transactions: pd.DataFrame, threshold: float = 0.8) -> str:
    """Of known transactions: how many alerts are right, and how much fraud is found."""
    fraud = transactions["id"].str.startswith("f")
    told = model.predict(extract_features(transactions)) > threshold
    return (
        f"{(told & fraud).sum()} of {fraud.sum()} frauds found, "
        f"{(told & ~fraud).sum()} false alarms among {(~fraud).sum()} honest payments"
    )


if __name__ == "__main__":
    detector = FraudDetector().fit(extract_features(pd.DataFrame(payments(20_000, seed=0))))
    print(judged(detector, pd.DataFrame(payments(20_000, seed=1))))
    version = ops0.model.save(detector, "fraud-detector-v2", alias="production")
    print(f"kept as {version.name}@{version.version}")
