from metaflow import FlowSpec, IncludeFile, Parameter, card, current, pypi_base, retry, step

PACKAGES = {"scikit-learn": "1.5", "pandas": "2.2"}


def as_frame(text):
    from io import StringIO

    import pandas as pd

    return pd.read_csv(StringIO(text))


def text_table(rows):
    return "\n".join(f"{name:10}{value:8.3f}" for name, value in rows)


@pypi_base(python="3.11", packages=PACKAGES)
class HomesFlow(FlowSpec):
    raw = IncludeFile("raw", default="homes.csv")
    seed = Parameter("seed", default=4)

    @step
    def start(self):
        self.frame = as_frame(self.raw)
        self.depths = [3, 6]
        self.next(self.split)

    @step
    def split(self):
        from sklearn.model_selection import train_test_split

        self.train, self.test = train_test_split(self.frame, random_state=self.seed)
        self.next(self.fit, foreach="depths")

    @retry(times=2)
    @step
    def fit(self):
        from xgboost import XGBRegressor

        self.depth = self.input
        self.model = XGBRegressor(max_depth=self.depth).fit(self.train.drop(columns="price"), self.train["price"])
        self.next(self.join)

    @step
    def join(self, inputs):
        import numpy as np

        self.test = inputs[0].test
        scores = [one.model.score(self.test.drop(columns="price"), self.test["price"]) for one in inputs]
        self.best = inputs[int(np.argmax(scores))].model
        self.scores = list(zip(["small", "large"], scores))
        self.next(self.draw)

    @card(type="blank")
    @step
    def draw(self):
        import matplotlib.pyplot as plt
        from metaflow.cards import Image

        figure, axes = plt.subplots()
        axes.bar(*zip(*self.scores))
        current.card.append(Image.from_matplotlib(figure))
        self.next(self.end)

    @step
    def end(self):
        print(text_table(self.scores))


if __name__ == "__main__":
    HomesFlow()
