import warnings

import numpy as np
import optuna
import pandas as pd
from prophet import Prophet
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LinearRegression
from sktime.forecasting.arima import AutoARIMA
from sktime.forecasting.exp_smoothing import ExponentialSmoothing
from sktime.forecasting.fbprophet import Prophet as SkProphet
from statsmodels.tsa.seasonal import seasonal_decompose

import fitting
import goals
from drawing import zoomed

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.WARNING)


def read(path, column, clean=True):
    df = pd.read_csv(path)
    df["date"] = pd.to_datetime(df["date"])
    df = df.set_index("date").resample("ME").mean()
    if clean:
        df = df.merge(adjusted(df[column])["adjusted"], left_index=True, right_index=True)
    for i in range(1, 13):
        df[f"lag_{i}"] = df[column].shift(i)
    return df.dropna()


def adjusted(y, width=0.8):
    model = Prophet(interval_width=width)
    rows = y.reset_index()
    rows.columns = ["ds", "y"]
    model.fit(rows)
    found = model.predict(rows)[["ds", "yhat_lower", "yhat_upper", "yhat"]]
    found["adjusted"] = rows["y"].mask(rows["y"] > found["yhat_upper"], found["yhat"])
    return found.set_index("ds")


def parts(df, count, column):
    train, test = df.iloc[:-count], df.iloc[-count:]
    train["trend"] = seasonal_decompose(train[column]).trend
    steps = np.linspace(1, len(train), len(train)).reshape(-1, 1)
    model = LinearRegression().fit(steps, train["trend"].bfill().ffill())
    test["trend"] = model.predict((np.linspace(1, count, count) + len(train)).reshape(-1, 1))
    return train, test


def models(y, x):
    return [
        fitting.fitted(SkProphet(), goals.prophet, 20, y),
        fitting.fitted(AutoARIMA(), goals.arima, 1, y, sp=12),
        fitting.fitted(ExponentialSmoothing(), goals.smooth, 5, y),
        fitting.fitted(RandomForestRegressor(), goals.forest, 20, y.values, x=x),
    ]


def main(path="data/index.csv", count=36):
    train, test = parts(read(path, "close"), count, "close")
    x = [f"lag_{i}" for i in range(1, 13)]
    ahead = pd.date_range(test.index[0], periods=count, freq="ME")
    for model in models(train["close"], train[x]):
        zoomed(test["close"], fitting.predicted(model, test[x], ahead), "close")


if __name__ == "__main__":
    main()
