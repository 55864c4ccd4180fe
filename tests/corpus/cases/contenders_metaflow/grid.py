"""A small grid."""

from sklearn.metrics import r2_score

SCORE = r2_score
SHARE = 0.2
SPLITS = 3
DATA = {"one": {"n_samples": 100, "n_features": 10, "coef": True}}
CONTENDERS = [{"model": ["helping.nets.NetRegressor"], "build": ["helping.nets.built"], "sides": [11]}]
