"""What is calculated from past values."""
import numpy as np
import pandas as pd


def shifted(frame, days=5):
    for day in range(1, days + 1):
        frame[f"pm_{day}_ago"] = frame.groupby("city")["pm25"].shift(day)
    return frame


def averaged(frame, windows=(7, 14)):
    for window in windows:
        frame[f"mean_{window}"] = frame.groupby("city")["pm25"].rolling(window).mean().reset_index(0, drop=True)
        frame[f"weighted_{window}"] = frame.groupby("city")["pm25"].ewm(span=window).mean().reset_index(0, drop=True)
    return frame


def seasons(frame):
    when = pd.to_datetime(frame["date"])
    frame["sin_of_year"] = np.sin(2 * np.pi * when.dt.dayofyear / 365)
    frame["cos_of_year"] = np.cos(2 * np.pi * when.dt.dayofyear / 365)
    return frame


def hops_mean(values: pd.Series) -> pd.Series:
    return (values - values.mean()) / values.std()


def engineered(frame):
    for step in (shifted, averaged, seasons):
        frame = step(frame)
    return frame.dropna()
