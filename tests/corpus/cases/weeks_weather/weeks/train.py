"""A network that forecasts."""

import os

import numpy as np
import tensorflow as tf
import tensorflow.keras as keras
import xarray as xr
from configargparse import ArgParser
from tensorflow.keras.layers import Conv2D, Dropout, Input

from .score import *


def limit_memory():
    for card in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(card, True)


class Batches(keras.utils.Sequence):
    def __init__(self, ds, names, lead, size=32, shuffle=True, mean=None, std=None):
        self.ds, self.names, self.lead, self.size, self.shuffle = ds, names, lead, size, shuffle
        level = xr.DataArray([1], coords={"level": [1]}, dims=["level"])
        fields = [ds[name].expand_dims({"level": level}, 1) for name in names]
        self.data = xr.concat(fields, "level").transpose("time", "lat", "lon", "level")
        self.mean = self.data.mean(("time", "lat", "lon")).compute() if mean is None else mean
        self.std = self.data.std("time").mean(("lat", "lon")).compute() if std is None else std
        self.data = (self.data - self.mean) / self.std
        self.total = self.data.isel(time=slice(0, -lead)).shape[0]
        self.valid = self.data.isel(time=slice(lead, None)).time
        self.on_epoch_end()
        self.data.load()

    def __len__(self):
        return int(np.ceil(self.total / self.size))

    def __getitem__(self, i):
        rows = self.rows[i * self.size : (i + 1) * self.size]
        return self.data.isel(time=rows).values, self.data.isel(time=rows + self.lead).values

    def on_epoch_end(self):
        self.rows = np.arange(self.total)
        if self.shuffle:
            np.random.shuffle(self.rows)


class Around(tf.keras.layers.Layer):
    def __init__(self, width, **kwargs):
        super().__init__(**kwargs)
        self.width = width

    def call(self, inputs):
        if self.width == 0:
            return inputs
        wide = tf.concat([inputs[:, :, -self.width :, :], inputs, inputs[:, :, : self.width, :]], axis=2)
        return tf.pad(wide, [[0, 0], [self.width, self.width], [0, 0], [0, 0]])

    def get_config(self):
        config = super().get_config()
        config.update({"width": self.width})
        return config


class AroundConv(tf.keras.layers.Layer):
    def __init__(self, filters, size, **kwargs):
        super().__init__(**kwargs)
        self.around = Around((size - 1) // 2)
        self.conv = Conv2D(filters, size, padding="valid")

    def call(self, inputs):
        return self.conv(self.around(inputs))


def network(filters, sizes, shape, drop=0):
    x = inputs = Input(shape=shape)
    for f, k in zip(filters[:-1], sizes[:-1]):
        x = keras.activations.elu(AroundConv(f, k)(x))
        if drop > 0:
            x = Dropout(drop)(x)
    return keras.models.Model(inputs, AroundConv(filters[-1], sizes[-1])(x))


def forecasts(model, batches):
    told = model.predict(batches)
    told = told * batches.std.values + batches.mean.values
    fields = []
    for i, name in enumerate(batches.names):
        where = {"time": batches.valid, "lat": batches.ds.lat, "lon": batches.ds.lon}
        fields.append(xr.DataArray(told[..., i], dims=["time", "lat", "lon"], coords=where, name=name))
    return xr.merge(fields)


def opened(folder, names):
    return xr.merge([xr.open_mfdataset(f"{folder}/{name}/*.nc", combine="by_coords") for name in names])


def main(folder, names, filters, sizes, rate, patience, weights, out, lead, card):
    os.environ["CUDA_VISIBLE_DEVICES"] = str(card)
    limit_memory()
    ds = opened(folder, names)
    train = Batches(ds.sel(time=slice("1979", "2015")), names, lead)
    check = Batches(ds.sel(time=slice("2016", "2016")), names, lead, mean=train.mean, std=train.std, shuffle=False)
    model = network(filters, sizes, shape=(32, 64, len(names)))
    model.compile(keras.optimizers.Adam(rate), "mse")
    stop = tf.keras.callbacks.EarlyStopping(monitor="val_loss", patience=patience)
    model.fit(train, epochs=100, validation_data=check, callbacks=[stop])
    model.save_weights(weights)
    told = forecasts(model, check)
    told.to_netcdf(out)
    print(rmse(told, truth_of(f"{folder}/z", "z")).load())


def arguments():
    parser = ArgParser()
    parser.add_argument("-c", "--config", is_config_file=True)
    parser.add_argument("--folder", required=True)
    return parser.parse_args()


if __name__ == "__main__":
    main(**vars(arguments()))
