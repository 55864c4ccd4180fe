import argparse
import json
import os

import matplotlib
import numpy as np
import pandas as pd

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from neuralforecast import NeuralForecast
from neuralforecast.losses.numpy import mae, rmse
from scipy.stats import gaussian_kde


def read_test(path):
    rows = pd.read_csv(path)
    if "ds" in rows.columns:
        rows["ds"] = pd.to_datetime(rows["ds"])
        if rows["ds"].dt.tz is not None:
            rows["ds"] = rows["ds"].dt.tz_localize(None)
    if "unique_id" not in rows.columns:
        rows["unique_id"] = "E"
    return rows.sort_values(["unique_id", "ds"]).reset_index(drop=True)


def forecasts_of(model_dir, rows):
    network = NeuralForecast.load(path=model_dir)
    width = network.models[0].input_size
    print("width", width)
    return network.cross_validation(df=rows, val_size=len(rows), test_size=len(rows), n_windows=None, step_size=1)


def scored(forecasts):
    true, guessed = forecasts["y"], forecasts["NHITS-median"]
    return {"mae": float(mae(true, guessed)), "rmse": float(rmse(true, guessed))}


def written(scores, path):
    listed = [{"name": name, "numberValue": value, "format": "RAW"} for name, value in scores.items()]
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as out:
        json.dump({"metrics": listed}, out)


def plot_parts(forecasts, path, scores=None):
    part = forecasts.iloc[:200]
    plt.figure(figsize=(15, 5))
    plt.plot(part["ds"], part["y"], label="true", color="black")
    guess = "NHITS-median" if "NHITS-median" in part.columns else "NHITS"
    plt.plot(part["ds"], part[guess], label="guessed", color="blue")
    low, high = "NHITS-lo-80.0", "NHITS-hi-80.0"
    if low in part.columns and high in part.columns:
        plt.fill_between(part["ds"], part[low], part[high], alpha=0.2)
    plt.legend()
    as_page(path, "Minutes between trains", scores)


def plot_density(forecasts, path):
    off = (forecasts["y"] - forecasts["NHITS-median"]).to_numpy()
    density = gaussian_kde(off)
    grid = np.linspace(off.min(), off.max(), 200)
    figure, axes = plt.subplots()
    axes.plot(grid, density(grid))
    figure.savefig(path)


def as_page(path, title, scores=None):
    import base64
    from io import BytesIO

    kept = BytesIO()
    plt.savefig(kept, format="png")
    picture = base64.b64encode(kept.getvalue()).decode("utf-8")
    rows = "".join(f"<tr><td>{name}</td><td>{value:.4f}</td></tr>" for name, value in (scores or {}).items())
    with open(path, "w") as out:
        out.write(f"<h1>{title}</h1><table>{rows}</table><img src='data:image/png;base64,{picture}'>")


def evaluate(model_dir, test_path, scores_path, page_path, density_path):
    rows = read_test(test_path)
    forecasts = forecasts_of(model_dir, rows)
    scores = scored(forecasts)
    written(scores, scores_path)
    plot_parts(forecasts, page_path, scores)
    plot_density(forecasts, density_path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("--model_dir", "--test", "--scores", "--page", "--density"):
        parser.add_argument(name, required=True)
    args = parser.parse_args()
    evaluate(args.model_dir, args.test, args.scores, args.page, args.density)
