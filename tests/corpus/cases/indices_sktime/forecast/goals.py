from sklearn.ensemble import RandomForestRegressor
from sklearn.model_selection import cross_val_score
from sktime.forecasting.arima import AutoARIMA
from sktime.forecasting.exp_smoothing import ExponentialSmoothing
from sktime.forecasting.fbprophet import Prophet
from sktime.forecasting.model_evaluation import evaluate
from sktime.split import ExpandingWindowSplitter


def _error(model, y):
    cv = ExpandingWindowSplitter(initial_window=60, step_length=12, fh=list(range(1, 13)))
    return evaluate(forecaster=model, y=y, cv=cv)["test_MeanAbsolutePercentageError"].mean()


def prophet(trial, y, x):
    return _error(Prophet(changepoint_prior_scale=trial.suggest_float("changepoint_prior_scale", 0.001, 0.5)), y)


def arima(trial, y, x):
    return _error(AutoARIMA(sp=12, max_p=trial.suggest_int("max_p", 1, 5)), y)


def smooth(trial, y, x):
    return _error(ExponentialSmoothing(sp=12, trend=trial.suggest_categorical("trend", ["add", "mul"])), y)


def forest(trial, y, x):
    return -cross_val_score(RandomForestRegressor(max_depth=trial.suggest_int("max_depth", 2, 9)), x, y).mean()
