"""A net of Keras that looks like a model of scikit-learn."""

import tempfile

from sklearn.base import BaseEstimator, RegressorMixin
from tensorflow.keras import Sequential, regularizers
from tensorflow.keras import models as kept_models
from tensorflow.keras.callbacks import EarlyStopping
from tensorflow.keras.layers import Dense, Dropout, InputLayer

from .loading import Mode, by_name


def picklable():
    def getstate(self):
        with tempfile.NamedTemporaryFile(suffix=".hdf5") as file:
            kept_models.save_model(self, file.name, overwrite=True)
            return {"net": file.read()}

    def setstate(self, state):
        with tempfile.NamedTemporaryFile(suffix=".hdf5") as file:
            file.write(state["net"])
            file.flush()
            self.__dict__ = kept_models.load_model(file.name).__dict__

    kept_models.Model.__getstate__ = getstate
    kept_models.Model.__setstate__ = setstate


picklable()


class NetRegressor(BaseEstimator, RegressorMixin):
    def __init__(self, build=None, sides=None, mode=Mode.TEST, rounds=None, **others):
        self.build = build
        self.sides = sides
        self.mode = mode
        self.rounds = rounds
        self.history = {}
        self.net = by_name(build)(sides=sides, **others)

    def fit(self, x, y, validation_data=None, patience=5, **others):
        callbacks = []
        if self.mode is Mode.TEST:
            callbacks = [EarlyStopping(monitor="val_mse", patience=patience, restore_best_weights=True)]
        elif self.rounds:
            others["epochs"] = self.rounds
        self.history = self.net.fit(x, y, validation_data=validation_data, callbacks=callbacks, **others).history
        self.rounds = len(self.history["loss"])
        return self

    def predict(self, x):
        return self.net.predict(x).T[0]


def built(sides=None, widths=(10,), drops=(0,), l1=0, l2=0):
    net = Sequential()
    net.add(InputLayer(input_shape=(sides,)))
    for width, drop in zip(widths, drops):
        net.add(Dense(width, activation="relu", kernel_regularizer=regularizers.l1_l2(l1=l1, l2=l2)))
        net.add(Dropout(drop))
    net.add(Dense(1))
    net.compile(loss="mean_squared_error", optimizer="adam", metrics=["mse"])
    return net
