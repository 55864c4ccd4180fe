"""Stages of sleep out of an EEG: filtered, cut into epochs, staged by a forest, and drawn."""
import glob
import json
import os
import warnings
from collections import defaultdict

import joblib
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import mne
import numpy as np
import pandas as pd
import seaborn as sns
from scipy.signal import welch
from scipy.stats import zscore
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import cohen_kappa_score, confusion_matrix
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import RobustScaler

try:
    import yasa
except ImportError:
    yasa = None

warnings.filterwarnings("ignore")
mne.set_log_level("ERROR")

BANDS = {"delta": (0.5, 4), "theta": (4, 8), "alpha": (8, 12), "sigma": (12, 16), "beta": (16, 30)}
STAGES = {"Sleep stage W": 1, "Sleep stage 1": 2, "Sleep stage 2": 3, "Sleep stage 3": 4, "Sleep stage R": 5}
RAW = os.environ.get("RAW", "raw")
cache = {}


def recordings(folder=RAW):
    return sorted(glob.glob(os.path.join(folder, "*-PSG.edf")))


def read_night(path, channels=("EEG Fpz-Cz", "EOG horizontal")):
    raw = mne.io.read_raw_edf(path, include=list(channels), preload=True)
    raw.filter(0.3, 35)
    return raw


def hypnogram(path):
    return mne.read_annotations(path.replace("PSG", "Hypnogram"))


def cut(raw, notes, seconds=30.0):
    raw.set_annotations(notes, emit_warning=False)
    events, _ = mne.events_from_annotations(raw, event_id=STAGES, chunk_duration=seconds)
    return mne.Epochs(raw, events, STAGES, tmin=0, tmax=seconds - 1 / raw.info["sfreq"], baseline=None)


def stages(epochs):
    return epochs.events[:, 2]


def powers(epochs):
    frequencies, density = welch(epochs.get_data(), fs=epochs.info["sfreq"], nperseg=512)
    out = {}
    for name, (low, high) in BANDS.items():
        inside = (frequencies >= low) & (frequencies < high)
        out[name] = density[..., inside].mean(axis=-1).mean(axis=1)
    return out


def ratios(found):
    pairs = [("delta", "beta"), ("theta", "alpha")]
    return {f"{one}_{two}": np.log(found[one] / found[two]) for one, two in pairs}


def pair_names(found):
    return [key.split("_") for key in found]


def features(epochs):
    found = powers(epochs)
    table = pd.DataFrame({**found, **ratios(found)})
    return table.apply(zscore)


def smoothed(table, window=5):
    return table.rolling(window, center=True, min_periods=1).median()


def spread(table):
    logs = np.log1p(table.abs())
    return logs.quantile(0.95) - logs.quantile(0.05)


def widest(widths):
    return widths.idxmax()


class Winsor(BaseEstimator, TransformerMixin):
    def __init__(self, share=0.01):
        self.share = share

    def fit(self, X, y=None):
        self.low_ = np.nanquantile(X, self.share, axis=0)
        self.high_ = np.nanquantile(X, 1 - self.share, axis=0)
        return self

    def transform(self, X):
        return np.clip(X, self.low_, self.high_)


def model(trees=200):
    return make_pipeline(Winsor(), RobustScaler(), RandomForestClassifier(trees, n_jobs=-1, class_weight="balanced"))


def night(path):
    if path not in cache:
        epochs = cut(read_night(path), hypnogram(path))
        cache[path] = smoothed(features(epochs)), stages(epochs)
    return cache[path]


def everything(paths):
    tables, labels, groups = [], [], []
    for number, path in enumerate(paths):
        table, found = night(path)
        tables.append(table)
        labels.append(found)
        groups += [number] * len(found)
    return pd.concat(tables), np.concatenate(labels), groups


def crossed(X, y, groups):
    return cross_val_predict(model(), X, y, groups=groups, cv=GroupKFold(3))


def judged(y, guessed):
    return {"kappa": cohen_kappa_score(y, guessed), "confusion": confusion_matrix(y, guessed).tolist()}


def second_opinion(raw):
    if yasa is None:
        return None
    return yasa.SleepStaging(raw, eeg_name="EEG Fpz-Cz").predict()


def minutes(labels, seconds=30):
    total = defaultdict(float)
    for one in labels:
        total[int(one)] += seconds / 60
    return dict(total)


def drawn(labels, path="hypnogram.png"):
    fig, ax = plt.subplots(figsize=(12, 3))
    ax.step(range(len(labels)), labels)
    sns.despine(fig)
    fig.savefig(path)


def saved(fitted, path):
    joblib.dump(fitted, path)


def report(result, path="report.json"):
    with open(path, "w") as out:
        json.dump(result, out, indent=1)


if __name__ == "__main__":
    files = recordings()
    X, y, groups = everything(files)
    y_hat = crossed(X, y, groups)
    report(judged(y, y_hat))
    fitted = model().fit(X, y)
    saved(fitted, "forest.joblib")
    drawn(y_hat)
    second_opinion(read_night(files[0]))
    print(minutes(y_hat))
    print(widest(spread(X)))
    print(pair_names(ratios(powers(cut(read_night(files[0]), hypnogram(files[0]))))))
