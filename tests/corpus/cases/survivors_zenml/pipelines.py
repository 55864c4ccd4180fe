from typing import List, Optional, Tuple

import pandas as pd
from zenml import pipeline, step
from zenml.integrations.evidently.steps import evidently_report_step
from zenml.logger import get_logger

from steps import load, prepare, split

logger = get_logger(__name__)


@step(experiment_tracker="mlflow")
def counted(train: pd.DataFrame) -> int:
    import mlflow

    mlflow.log_metric("rows", len(train))
    return len(train)


@pipeline
def features(share: float = 0.3, dropped: Optional[List[str]] = None, target: str = "lived") -> Tuple[pd.DataFrame, pd.DataFrame]:
    raw = load(seed=4, target=target)
    train, test = split(people=raw, share=share)
    train, test, _ = prepare(train=train, test=test, dropped=dropped)
    counted(train)
    evidently_report_step(reference_dataset=train, comparison_dataset=test)
    return train, test


if __name__ == "__main__":
    features()
