"""DataFrame.plot draws with matplotlib; the back end is set for all that draw."""

import io

import matplotlib
import pandas as pd

matplotlib.use("Agg")


def work():
    axes = pd.DataFrame({"x": [1, 2, 3], "y": [1, 4, 9]}).plot(x="x", y="y")
    picture = io.BytesIO()
    axes.figure.savefig(picture, format="png")
    return [picture.getvalue()[:4].hex(), matplotlib.get_backend().lower()]


def broken():
    return pd.DataFrame({"x": ["a"]}).plot(x="x")  # HERE
