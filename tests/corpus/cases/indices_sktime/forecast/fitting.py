import optuna
from sktime.forecasting.base import ForecastingHorizon


def fitted(model, goal, trials, y, x=None, **kwargs):
    study = optuna.create_study(direction="minimize")
    study.optimize(lambda trial: goal(trial, y, x), n_trials=trials)
    model.set_params(**study.best_params)
    return model.fit(y, x) if x is None else model.fit(x, y)


def predicted(model, x, ahead):
    if hasattr(model, "get_fitted_params"):
        return model.predict(fh=ForecastingHorizon(ahead, is_relative=False))
    return model.predict(x)
