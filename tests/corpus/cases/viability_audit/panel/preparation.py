from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass
class Fold:
    train: pd.DataFrame
    test: pd.DataFrame
    x_train: np.ndarray
    x_test: np.ndarray


@dataclass
class Costs:
    points: float = 5.0


class Panel:
    def __init__(self, df, costs, winsor=0.01):
        self.df = df
        self.costs = costs
        self.winsor = winsor

    def fold(self, begin, middle, end, columns):
        low, high = self.df[columns].quantile(self.winsor), self.df[columns].quantile(1 - self.winsor)
        clean = self.df.assign(**self.df[columns].clip(low, high, axis=1))
        train = clean[(clean["date"] >= begin) & (clean["date"] < middle)]
        test = clean[(clean["date"] >= middle) & (clean["date"] < end)]
        return Fold(train, test, train[columns].to_numpy(), test[columns].to_numpy())
