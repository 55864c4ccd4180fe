from typing import Annotated, Optional, Tuple

import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler
from zenml import step


class Dropped:
    def __init__(self, columns):
        self.columns = columns

    def fit(self, table, y=None):
        return self

    def transform(self, table):
        return table.drop(columns=self.columns)


@step
def prepare(
    train: pd.DataFrame, test: pd.DataFrame, scaled: Optional[bool] = True, dropped: Optional[list] = None
) -> Tuple[Annotated[pd.DataFrame, "train"], Annotated[pd.DataFrame, "test"], Annotated[Pipeline, "line"]]:
    line = Pipeline([("all", "passthrough")])
    if dropped:
        line.steps.append(("drop", Dropped(dropped)))
    line.steps.append(("fill", SimpleImputer(strategy="most_frequent")))
    if scaled:
        line.steps.append(("scale", MinMaxScaler()))
    line.set_output(transform="pandas")
    return line.fit_transform(train), line.transform(test), line
