"""Contenders on folds, the best of them again on everything. With Metaflow."""

import pickle
from pathlib import Path

import numpy as np
from metaflow import FlowSpec, Parameter, current, step
from scipy import stats
from sklearn.model_selection import KFold, train_test_split

import common
from helping.loading import by_name, combined


class ContendersFlow(FlowSpec):
    name = Parameter("settings", type=str, default="grid")

    @step
    def start(self):
        settings = common.settings_of(self.name)
        self.frame, self.numbers, self.words = common.made(settings.DATA, 10)
        self.known, self.unseen = train_test_split(self.frame.index, test_size=settings.SHARE)
        self.contenders = combined(settings.CONTENDERS)
        self.splitter = KFold(n_splits=settings.SPLITS) if settings.SPLITS > 1 else None
        self.folds = list(range(settings.SPLITS))
        self.next(self.each, foreach="contenders")

    @step
    def each(self):
        self.contender = self.input
        self.next(self.fold, foreach="folds")

    @step
    def fold(self):
        settings = common.settings_of(self.name)
        x, y = self.frame.loc[self.known, :], self.frame.loc[self.known, "target"]
        train, test = list(self.splitter.split(x))[self.input]
        features = common.prepared(self.numbers, self.words).fit(x.iloc[train, :])
        contender = dict(self.contender)
        model = common.pipeline_of(by_name(contender.pop("model"))(**contender))
        model.fit(features.transform(x.iloc[train, :]), y.iloc[train])
        self.score = settings.SCORE(y.iloc[test], model.predict(features.transform(x.iloc[test, :])))
        self.next(self.folded)

    @step
    def folded(self, inputs):
        self.merge_artifacts(inputs, exclude=["score"])
        scores = [one.score for one in inputs]
        self.results = {"scores": scores, "mean": np.mean(scores), "error": stats.sem(scores)}
        self.next(self.ranked)

    @step
    def ranked(self, inputs):
        self.merge_artifacts(inputs, exclude=["contender", "results"])
        self.results = {pickle.dumps(one.contender): one.results for one in inputs}
        self.next(self.train)

    @step
    def train(self):
        best = max(self.results, key=lambda one: self.results[one]["mean"])
        contender = pickle.loads(best)
        self.features = common.prepared(self.numbers, self.words)
        x = self.features.fit_transform(self.frame)
        self.model = by_name(contender.pop("model"))(**contender).fit(x, self.frame["target"])
        self.next(self.end)

    @step
    def end(self):
        folder = f"results/{current.run_id}"
        Path(folder).mkdir(parents=True, exist_ok=True)
        common.drawn(self.results, folder)


if __name__ == "__main__":
    ContendersFlow()
