import json
import os

from darts.metrics import mae, rmse
from darts.models import LightGBMModel, NBEATSModel, Prophet, RandomForest, RNNModel, TBATS, XGBModel
from ray import tune
from ray.tune.schedulers import ASHAScheduler
from ray.tune.search.skopt import SkOptSearch

from config import all_coins, default_args, models, spaces, valid_share
from parts import parts_of


def model_of(name: str, args: dict):
    if name not in ("Prophet", "TBATS"):
        args.update(default_args)
    if name == "RandomForest":
        return RandomForest(**args)
    if name == "XGB":
        return XGBModel(**args)
    if name == "LightGBM":
        return LightGBMModel(**args)
    if name == "Prophet":
        return Prophet(**args)
    if name == "TBATS":
        return TBATS(**args)
    if name == "LSTM":
        return RNNModel(**args, model="LSTM")
    return NBEATSModel(**args, model_name=name)


def tried(folder: str):
    path = os.path.join(folder, "tried.json")
    if not os.path.exists(path):
        return []
    with open(path) as file:
        return json.load(file)


def note(folder, before, args):
    with open(os.path.join(folder, "tried.json"), "w") as file:
        json.dump(before + [args], file)


def kept(folder, error, guess, truth):
    guess.pd_dataframe().to_csv(os.path.join(folder, f"{error}_guess.csv"))
    truth.pd_dataframe().to_csv(os.path.join(folder, "truth.csv"))


def train(args: dict, name: str, folder: str, period: int, series: list):
    before = tried(folder)
    if args in before:
        tune.report({"skip": True, "rmse": 999})
        return
    model = model_of(name.split("_")[0], args)
    length = int(valid_share * len(series[0]))
    truth = series[period][-length:]
    model.fit(series=series[period][:-length])
    guess = model.historical_forecasts(series=series[period], start=len(series[period]) - length, forecast_horizon=1, retrain=name.startswith("Prophet"))
    error = rmse(truth, guess)
    kept(folder, error, guess, truth)
    note(folder, before, args)
    tune.report({"rmse": error, "mae": mae(truth, guess)})


def tuned(series: list, name: str, coin: str, folder: str):
    bound = tune.with_parameters(train, name=f"{name}_{coin}", folder=folder, period=4, series=series)
    return tune.run(bound, config=spaces[name], num_samples=20, scheduler=ASHAScheduler(), metric="rmse", mode="min", search_alg=SkOptSearch())


def coin_tuned(name: str, coin: str):
    series, _ = parts_of(coin)
    folder = os.path.join(os.getcwd(), f"tuned/{name}/{coin}")
    os.makedirs(folder, exist_ok=True)
    tuned(series, name, coin, folder).results_df.to_csv(f"{folder}/all.csv", index=False)


def all_tuned():
    for name in models:
        if name == "Prophet":
            continue
        for coin in all_coins:
            coin_tuned(name, coin)


if __name__ == "__main__":
    all_tuned()
