"""A wide search, drawn at random."""

import numpy as np
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import ParameterSampler

SCORE = mean_absolute_error
SHARE = 0.2
SPLITS = 1
DATA = {"one": {"n_samples": 1000, "n_features": 10, "coef": True}}
CONTENDERS = list(ParameterSampler({"model": ["lightgbm.LGBMRegressor"], "num_leaves": np.arange(5, 50)}, n_iter=5))
