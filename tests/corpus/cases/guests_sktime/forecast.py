"""Forecasts guests of hotels: sktime's pipelines against boosted trees, told to dvclive."""

from pathlib import Path

import joblib
import pandas as pd
from catboost import CatBoostRegressor, Pool, cv
from dvclive import Live
from sklearn.metrics import mean_absolute_percentage_error
from sktime.forecasting.arima import AutoARIMA
from sktime.forecasting.base import ForecastingHorizon
from sktime.forecasting.compose import EnsembleForecaster, TransformedTargetForecaster
from sktime.forecasting.ets import AutoETS
from sktime.forecasting.fbprophet import Prophet
from sktime.forecasting.model_evaluation import evaluate
from sktime.forecasting.statsforecast import StatsForecastAutoTheta
from sktime.forecasting.tbats import TBATS
from sktime.split import ExpandingWindowSplitter, temporal_train_test_split
from sktime.transformations.series.detrend import Deseasonalizer
from sktime.transformations.series.impute import Imputer
from sktime.utils.plotting import plot_series


def guests(path):
    frame = pd.read_excel(path, sheet_name="guests", parse_dates=["month"]).set_index("month")
    return frame["guests"].asfreq("MS").to_period()


def candidates():
    return {
        "arima": TransformedTargetForecaster([("gaps", Imputer()), ("season", Deseasonalizer(sp=12)), ("arima", AutoARIMA(sp=12))]),
        "ets": AutoETS(auto=True, sp=12, n_jobs=2),
        "waves": TBATS(sp=12, use_box_cox=False),
        "prophet": Prophet(seasonality_mode="multiplicative"),
        "theta": StatsForecastAutoTheta(season_length=12),
    }


def compared(series):
    folds = ExpandingWindowSplitter(initial_window=60, step_length=12, fh=list(range(1, 13)))
    found = {name: evaluate(one, y=series, cv=folds, backend="loky") for name, one in candidates().items()}
    return pd.DataFrame({name: table.mean(numeric_only=True) for name, table in found.items()}).T


def together(names, series):
    model = EnsembleForecaster([(name, candidates()[name]) for name in names], aggfunc="median")
    return model.fit(series, fh=ForecastingHorizon(range(1, 13)))


def drawn(past, now, guess, out):
    figure, axis = plot_series(past, now, guess, labels=["past", "now", "guess"])
    figure.savefig(out / "guests.png")


def lagged(series):
    frame = pd.DataFrame({f"lag{at}": series.shift(at) for at in (1, 2, 12)}).assign(month=series.index.month)
    return frame.dropna(), series[12:]


def boosted(series, out):
    rows, known = lagged(series)
    pool = Pool(rows, known, cat_features=["month"])
    scores = cv(pool, {"iterations": 200, "loss_function": "MAE"}, fold_count=4)
    model = CatBoostRegressor(iterations=int(scores["test-MAE-mean"].idxmin()) + 1, verbose=0).fit(pool)
    model.save_model(str(out / "trees.json"), format="json", pool=pool)
    model.plot_tree(tree_idx=0, pool=pool).render(str(out / "tree"))
    return model


def told(live, model, rows, known):
    guess = model.predict(rows)
    live.log_metric("mape", mean_absolute_percentage_error(known, guess))
    live.log_plot("importance", model.get_feature_importance(prettified=True).to_dict("records"), x="Importances", y="Feature Id")


def main():
    out = Path("out")
    series = guests("hotels.xlsx")
    past, now = temporal_train_test_split(series, test_size=12)
    best = compared(past)["test_MeanAbsolutePercentageError"].nsmallest(2).index
    model = together(list(best), past)
    drawn(past, now, model.predict(), out)
    joblib.dump(model, out / "guests.joblib")
    with Live(str(out / "live"), save_dvc_exp=False) as live:
        told(live, boosted(past, out), *lagged(series))
        live.log_image("guests.png", str(out / "guests.png"))


if __name__ == "__main__":
    main()
