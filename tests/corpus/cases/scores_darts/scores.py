import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from darts import TimeSeries
from darts.dataprocessing.transformers import Scaler
from darts.metrics import *
from darts.models import ExponentialSmoothing


class Scores:
    def __init__(self, guesses: list, known: list, goal: str = "rmse", loud: bool = False):
        self.guesses, self.known = guesses, known
        self.goal, self.loud = goal, loud
        self.whole = pd.DataFrame()
        if self.guesses[0].time_index[0] != self.known[0].time_index[0]:
            raise ValueError("these begin on other days")

    def by_day(self):
        parts = []
        for index, one in enumerate(self.guesses):
            part = pd.DataFrame(index=pd.date_range(one.time_index.min(), one.time_index.max(), freq="D"))
            for at, guess in enumerate(one):
                part.loc[guess.time_index, ["mean"]] = np.mean(guess.all_values()[0][0])
                part.loc[guess.time_index, ["mae"]] = mae(self.known[index][at], guess, intersect=True)
            parts.append(part)
        return pd.concat(parts)

    def together(self):
        self.whole["name"] = [one.static_covariates.iloc[0, 0] for one in self.guesses]
        self.whole["rmse"] = rmse(self.known, self.guesses, intersect=True)
        self.whole["smape"] = smape(self.known, self.guesses, intersect=True)
        mean = pd.DataFrame([self.whole.drop(columns=["name"]).mean()], index=["mean"])
        self.whole = pd.concat([self.whole, mean])
        return self.whole

    def best(self):
        if self.whole.empty:
            self.together()
        return float(self.whole.loc["mean", self.goal])

    def drawn(self, title=""):
        for guess, known in zip(self.guesses, self.known):
            plt.figure(figsize=(15, 5))
            known[: len(guess)].plot(label="known", lw=1)
            guess.plot(label="guess", lw=1)
            plt.title(title)
            plt.savefig(f"{title}.png")


def scaled(series):
    scaler = Scaler()
    return scaler, scaler.fit_transform(series)


def fitted(train):
    model = ExponentialSmoothing()
    model.fit(train)
    return model


def main(path="sold.csv"):
    scaler, series = scaled(TimeSeries.from_csv(path, "day", "sold"))
    train, test = series.split_after(0.8)
    guess = scaler.inverse_transform(fitted(train).predict(len(test)))
    scores = Scores([guess], [scaler.inverse_transform(test)])
    print(scores.best(), scores.by_day().tail())
    scores.drawn("sold")


if __name__ == "__main__":
    main()
