"""The model: an isolation forest, whose scores are put on a scale that a threshold can be read from."""

import numpy as np
import pandas as pd
from sklearn.ensemble import IsolationForest


class FraudDetector:
    """Learns what is usual; ``predict`` says how far from it a transaction is."""

    def fit(self, features: pd.DataFrame) -> "FraudDetector":
        """Learn from features of transactions of which nearly all are honest."""
        self.forest = IsolationForest(n_estimators=100, random_state=0).fit(features)
        scores = self._oddness(features)
        self.typical, self.extreme = np.quantile(scores, [0.5, 0.999])
        return self

    def predict(self, features: pd.DataFrame) -> np.ndarray:
        """0 for the typical transaction, 1 for the oddest in a thousand and beyond."""
        scale = self.extreme - self.typical
        return np.clip((self._oddness(features) - self.typical) / scale, 0.0, 1.0)

    def _oddness(self, features: pd.DataFrame) -> np.ndarray:
        return -self.forest.score_samples(features)
