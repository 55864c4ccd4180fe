import argparse
import logging
import warnings

import holidays
import mlflow
import numpy as np
import pandas as pd
from pandas.tseries.holiday import USFederalHolidayCalendar
from prophet import Prophet
from prophet.diagnostics import cross_validation, performance_metrics
from prophet.plot import plot_plotly
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.types import String

try:
    from statsmodels.tsa.statespace.sarimax import SARIMAX
except ImportError:  # the baseline is left out
    SARIMAX = None

warnings.filterwarnings("ignore")
logging.getLogger("cmdstanpy").disabled = True

ADDRESS = URL.create("oracle+oracledb", username="wfm", host="db", port=1521, database="calls")
engine = create_engine(ADDRESS)


def calls(queue):
    with engine.connect() as connection:
        return pd.read_sql(text("select day ds, calls y from calls where queue = :q"), connection, params={"q": queue})


def closed(start, end):
    days = USFederalHolidayCalendar().holidays(start, end)
    local = [day for day in days if day in holidays.country_holidays("US", subdiv="TX")]
    return pd.DataFrame({"holiday": "closed", "ds": local})


def fitted(history, off=None):
    model = Prophet(weekly_seasonality=True, holidays=off)
    model.add_country_holidays(country_name="US")
    return model.fit(history)


def ahead(model, weeks=6):
    return model.predict(model.make_future_dataframe(periods=7 * weeks)).tail(7 * weeks)


def baseline(history, steps):
    if SARIMAX is None:
        return np.repeat(history["y"].mean(), steps)
    return SARIMAX(history["y"], order=(1, 1, 1), seasonal_order=(1, 0, 1, 7)).fit(disp=False).forecast(steps)


def errors(model):
    folds = cross_validation(model, initial="365 days", period="30 days", horizon="42 days")
    return performance_metrics(folds)["mape"].mean()


def picture(model, future):
    figure = plot_plotly(model, future)
    figure.write_image("forecast.png")
    figure.write_html("forecast.html")


def logged(model, score):
    mlflow.set_experiment("calls")
    with mlflow.start_run():
        mlflow.log_metric("mape", score)
        mlflow.prophet.log_model(model, "model")


def stored(future):
    future[["ds", "yhat"]].to_sql("forecast", engine, if_exists="replace", dtype={"queue": String(20)})


def boosted(history):
    import xgboost as xgb
    from sklearn.model_selection import TimeSeriesSplit

    features = history["ds"].dt.isocalendar()[["week", "day"]]
    model = xgb.XGBRegressor(n_estimators=200)
    for train, test in TimeSeriesSplit(4).split(features):
        model.fit(features.iloc[train], history["y"].iloc[train])
    return model


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--queue", default="north")
    queue = parser.parse_args().queue
    history = calls(queue)
    model = fitted(history, closed(history["ds"].min(), history["ds"].max()))
    future = ahead(model)
    picture(model, future)
    logged(model, errors(model))
    stored(future)
    print(baseline(history, 42).mean(), boosted(history))


if __name__ == "__main__":
    main()
