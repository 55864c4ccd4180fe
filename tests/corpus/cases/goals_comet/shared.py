import os

import numpy as np
import pandas as pd
from sklearn.preprocessing import StandardScaler

TRAIN = [2015, 2016, 2017]
TEST = [2019]


def season(year):
    return pd.read_csv(os.path.join("data", f"{year}.csv"))


def load_data(features, train, test, target="goal"):
    train = pd.concat([season(year) for year in train])
    test = pd.concat([season(year) for year in test])
    scaler = StandardScaler().fit(train[features])
    x = pd.DataFrame(scaler.transform(train[features]), columns=features)
    x_test = pd.DataFrame(scaler.transform(test[features]), columns=features)
    return x, train[target], x_test, test[target]
