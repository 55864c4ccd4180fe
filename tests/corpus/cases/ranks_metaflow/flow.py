"""Trains the ranking of shares with the settings of the newest study, and measures how sure it may be."""

from metaflow import FlowSpec, step


class RanksFlow(FlowSpec):
    @step
    def start(self):
        import os

        import numpy as np
        import pandas as pd
        import polars as pl
        from dotenv import load_dotenv
        from prices import Prices
        from sklearn.dummy import DummyClassifier
        from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score

        load_dotenv()
        prices = Prices(os.getenv("PRICES"), os.getenv("PRICES_KIND")).run()
        parts = {}
        for part, frame in prices.data.items():
            parts[f"x_{part}"] = frame.drop(["gain", "day", "share"]).to_pandas()
            parts[f"y_{part}"] = (frame["gain"] >= 1.04).cast(pl.Int64).to_pandas().values

        known = pd.concat([parts["x_train"], parts["x_check"]])
        labels = np.concatenate([parts["y_train"], parts["y_check"]])
        figures = {}
        for way in ("uniform", "most_frequent"):
            guess = DummyClassifier(strategy=way).fit(known, labels).predict(parts["x_test"])
            figures[way] = {
                "accuracy": accuracy_score(parts["y_test"], guess),
                "balanced": balanced_accuracy_score(parts["y_test"], guess),
                "f1": f1_score(parts["y_test"], guess),
            }
        self.simple_figures = figures
        self.parts = parts
        self.next(self.load_study)

    @step
    def load_study(self):
        import os

        import joblib
        import wandb
        from dotenv import load_dotenv

        load_dotenv()
        run = wandb.init(project=os.getenv("WANDB_PROJECT"), job_type="load")
        artifact = run.use_artifact("ranks/ShareRanker:latest", type="model")
        folder = artifact.download()
        self.study = joblib.load(f"{folder}/study.pkl")
        self.next(self.train)

    @step
    def train(self):
        import catboost
        from sklearn.isotonic import IsotonicRegression

        settings = self.study.best_params
        x, y = self.parts["x_train"], self.parts["y_train"]
        pool = catboost.Pool(data=x, label=y, feature_names=list(x.columns))
        model = catboost.CatBoostClassifier(**settings)
        model.fit(pool, verbose=False)
        self.model = model
        chances = model.predict_proba(self.parts["x_check"])[:, 1]
        self.evened = IsotonicRegression(out_of_bounds="clip").fit(chances, self.parts["y_check"])
        self.next(self.measure)

    @step
    def measure(self):
        def error_of(y, chances, bins="fd"):
            import numpy as np

            counts, edges = np.histogram(chances, bins=bins)
            edges[0] -= 1e-8
            where = np.digitize(chances, edges, right=True) - 1
            hits = np.bincount(where, weights=y, minlength=len(counts))
            sums = np.bincount(where, weights=chances, minlength=len(counts))
            return np.abs(hits - sums).sum() / len(chances)

        import numpy as np
        from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score

        x, y = self.parts["x_test"], self.parts["y_test"]
        chances = self.evened.predict(self.model.predict_proba(x)[:, 1])
        guess = (chances >= 0.5).astype(int)
        self.figures = {
            "accuracy": accuracy_score(y, guess),
            "balanced": balanced_accuracy_score(y, guess),
            "f1": f1_score(y, guess),
            "error": error_of(y, chances),
        }
        print(error_of(y, np.random.uniform(0, 1, len(y))))
        for way, simple in self.simple_figures.items():
            for name in simple:
                print(way, name, self.figures[name] - simple[name])
        self.next(self.keep)

    @step
    def keep(self):
        import os

        import joblib
        import wandb
        from dotenv import load_dotenv

        load_dotenv()
        folder = os.getenv("KEPT")
        joblib.dump(self.model, f"{folder}/model.pkl")
        joblib.dump(self.evened, f"{folder}/evened.pkl")
        run = wandb.init(project=os.getenv("WANDB_PROJECT"), job_type="keep")
        artifact = wandb.Artifact("ShareRanker", type="model")
        artifact.add_dir(folder)
        run.log_artifact(artifact)
        run.log(self.figures)
        run.finish()
        self.next(self.end)

    @step
    def end(self):
        print("kept")


if __name__ == "__main__":
    RanksFlow()
