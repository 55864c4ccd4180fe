import time

import ee
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.preprocessing import MinMaxScaler
from tensorflow.keras.models import load_model


def greens(region, first, last):
    images = (
        ee.ImageCollection("MODIS/061/MOD13Q1")
        .filterBounds(region)
        .filterDate(f"{first}-01-01", f"{last}-12-31")
        .select("NDVI")
    )
    rows = []
    for year in range(first, last + 1):
        for month in range(1, 13):
            image = images.filter(ee.Filter.calendarRange(month, month, "month")).mean()
            try:
                green = (
                    image.reduceRegion(reducer=ee.Reducer.mean(), geometry=region, scale=250).get("NDVI").getInfo()
                )
                green = green / 10000.0 if green is not None else None
            except Exception:
                green = None
            rows.append({"year": year, "month": month, "green": green})
    return pd.DataFrame(rows)


def windows(values, size):
    parts = [values[i : i + size] for i in range(len(values) - size)]
    return np.array(parts)


def ahead(model_file, country="Kenya", first=2020, last=2024):
    began = time.time()
    ee.Initialize()
    region = ee.FeatureCollection("USDOS/LSIB_SIMPLE/2017").filter(ee.Filter.eq("country_na", country)).geometry()
    df = greens(region, first, last)
    df.dropna(inplace=True)
    df["date"] = pd.to_datetime(df["year"].astype(str) + "-" + df["month"].astype(str) + "-01")
    df.set_index("date", inplace=True)
    green = df[["green"]].values
    scaler = MinMaxScaler()
    scaled = scaler.fit_transform(green)
    print(windows(scaled, 6).shape)
    window = np.expand_dims(scaled[-6:], axis=0)
    model = load_model(model_file, compile=False)
    guesses = []
    for _ in range(5):
        guess = model.predict(window, verbose=0)[0][0]
        guesses.append(guess)
        moved = np.roll(window[0], -1, axis=0)
        moved[-1] = guess
        window = np.expand_dims(moved, axis=0)
    months = scaler.inverse_transform(np.array(guesses).reshape(-1, 1))
    drawn(green, months, country)
    print(f"{months[-1][0]:.4f} after {time.time() - began:.0f} s")


def drawn(green, months, country):
    plt.figure(figsize=(12, 4))
    plt.plot(green, label="was")
    plt.plot(range(len(green), len(green) + 5), months, label="will be", linestyle="--")
    plt.title(country)
    plt.legend()
    plt.show()
