import numpy as np
import xarray as xr


class Data:
    def __init__(self, values):
        self.values = values

    @staticmethod
    def read(path):
        grib = xr.open_dataset(path, engine="cfgrib")
        names = list(grib.data_vars)
        return np.stack([grib[name].to_numpy() for name in names], axis=-1), names

    def windows(self, before, ahead):
        x, y = [], []
        for i in range(before, len(self.values) - ahead):
            x.append(self.values[i - before : i])
            y.append(self.values[i : i + ahead])
        return np.array(x), np.array(y)

    def split(self, x, y, share=0.2):
        cut = int(len(x) * (1 - share))
        return x[:cut], x[cut:], y[:cut], y[cut:]
