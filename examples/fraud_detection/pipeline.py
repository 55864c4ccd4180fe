"""Real-time fraud detection: a stream of payments, a model, an alert.

Shows: streaming data, ML inference, alerting. ``train.py`` makes the model, ``payments.py`` the stream.
"""

import pandas as pd

import ops0
from detector import FraudDetector
from features import extract_features


@ops0.step
@ops0.source.kafka(topic="transactions", format="json", max_wait="2s")
def stream_transactions():
    """Consume the stream of transactions."""


@ops0.step
@ops0.model.load("fraud-detector-v2")
def detect_fraud(transactions: list, model: FraudDetector) -> dict:
    """How odd each transaction is: 0 as the typical one, 1 as the oddest in a thousand."""
    transactions = pd.DataFrame(transactions)
    features = extract_features(transactions)
    predictions = model.predict(features)
    return {"transactions": transactions, "predictions": predictions}


@ops0.step
@ops0.alert.slack(channel="#fraud-alerts")
def alert_on_fraud(results: dict):
    """Tell people of high-risk transactions; where there are none, nobody is told."""
    high_risk = results["predictions"] > 0.8
    if high_risk.any():
        transactions = results["transactions"][high_risk]
        return (
            f"{len(transactions)} high-risk transactions detected, "
            f"{transactions['amount'].sum():,.2f} in all: {', '.join(transactions['id'])}"
        )
    return None
