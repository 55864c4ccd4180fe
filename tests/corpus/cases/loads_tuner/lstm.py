import shutil

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import tensorflow as tf
from keras.layers import LSTM, Dense, Dropout
from keras.models import Sequential, load_model
from keras_tuner import HyperModel
from keras_tuner.tuners import RandomSearch
from sklearn.metrics import mean_absolute_error, mean_squared_error
from sklearn.preprocessing import MinMaxScaler

tf.random.set_seed(42)


class Tunable(HyperModel):
    def build(self, hp):
        model = Sequential()
        model.add(LSTM(units=hp.Int("units", min_value=32, max_value=512, step=32), input_shape=self.input_shape[1:]))
        model.add(Dropout(rate=hp.Float("dropout", min_value=0.0, max_value=0.5, step=0.1)))
        model.add(Dense(self.output_shape))
        model.compile(optimizer=tf.keras.optimizers.Adam(hp.Float("rate", 1e-4, 1e-2, sampling="LOG")), loss="mse")
        return model


def read_loads(path):
    return pd.read_csv(path, index_col=0, parse_dates=True)


def lagged(rows, lag=1):
    before = rows.shift(lag)
    before.columns = [f"{one}_{lag}" for one in rows.columns]
    return pd.concat([rows, before], axis=1).dropna()


def split(rows, joined, share):
    count = int(share * joined.shape[0])
    train, test = joined.iloc[:count], joined.iloc[count:]
    dates = test.index
    scaler = MinMaxScaler()
    train, test = scaler.fit_transform(train), scaler.transform(test)
    width = len(rows.columns)
    x = np.array(train[:, width:]).reshape((len(train), 1, -1))
    x_test = np.array(test[:, width:]).reshape((len(test), 1, -1))
    return x, train[:, :width], x_test, test[:, :width], scaler, dates


def tuned(x, y):
    shutil.rmtree("tuning", ignore_errors=True)
    wanted = Tunable()
    wanted.input_shape = x.shape
    wanted.output_shape = y.shape[1]
    tuner = RandomSearch(wanted, objective="loss", max_trials=10, directory="tuning")
    tuner.search(x, y, epochs=50)
    return tuner.get_best_hyperparameters(num_trials=1)[0]


def trained(x, y, units, dropout, rate, epochs):
    model = Sequential()
    model.add(LSTM(units=units, input_shape=(x.shape[1], x.shape[2])))
    model.add(Dropout(dropout))
    model.add(Dense(y.shape[1]))
    model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=rate), loss="mse")
    history = model.fit(x, y, epochs=epochs, verbose=0)
    return model, history


def scored(model, x, y, scaler, names):
    guess = model.predict(x)
    flat = x.reshape(x.shape[0], x.shape[2])
    true = scaler.inverse_transform(np.concatenate((y, flat), axis=1))[:, : len(names)]
    guess = scaler.inverse_transform(np.concatenate((guess, flat), axis=1))[:, : len(names)]
    scores = {}
    for at, name in enumerate(names):
        off = mean_squared_error(true[:, at], guess[:, at])
        scores[name] = {"rmse": np.sqrt(off), "mae": mean_absolute_error(true[:, at], guess[:, at])}
    return scores, true, guess


def tables(history, true, guess, scores, names, dates):
    return (
        pd.DataFrame(history.history),
        pd.DataFrame(scores).transpose(),
        pd.concat([pd.DataFrame(true, columns=names, index=dates), pd.DataFrame(guess, columns=names, index=dates)], axis=1),
    )


def plotted(table, name):
    figure = go.Figure()
    figure.add_trace(go.Scatter(x=table.index, y=table[name].iloc[:, 0], name="true"))
    figure.write_html("plot.html")
    figure.write_image("plot.png")


def again(path, x):
    return load_model(path).predict(x)


def main(path, share, tune, epochs):
    rows = read_loads(path)
    x, y, x_test, y_test, scaler, dates = split(rows, lagged(rows), share)
    units, dropout, rate = 100, 0.2, 0.001
    if tune:
        best = tuned(x, y)
        units, dropout, rate = best.get("units"), best.get("dropout"), best.get("rate")
    model, history = trained(x, y, units, dropout, rate, epochs)
    scores, true, guess = scored(model, x_test, y_test, scaler, rows.columns)
    model.save("model.keras")
    history, scores, table = tables(history, true, guess, scores, rows.columns, dates)
    plotted(table, rows.columns[0])
    return again("model.keras", x_test), scores


if __name__ == "__main__":
    main("loads.csv", 0.7, True, 100)
