"""How a market will swing next week: two series, two models, walked forward."""

import os
from datetime import datetime

from metaflow import FlowSpec, IncludeFile, Parameter, current, step

assert os.environ.get("METAFLOW_DEFAULT_DATASTORE", "local") == "local"


class SwingsFlow(FlowSpec):
    FILE = IncludeFile("file", help="the weeks", is_text=True, default="weeks.csv")
    SHARE = Parameter(name="share", help="of the weeks that are learned from", default=0.7)

    @step
    def start(self):
        print("run %s of %s at %s" % (current.run_id, current.flow_name, datetime.utcnow()))
        self.next(self.load)

    @step
    def load(self):
        from io import StringIO

        import pandas as pd

        self.weeks = pd.read_csv(StringIO(self.FILE))
        self.weeks.set_index("week", inplace=True)
        self.weeks = self.weeks.sort_index()
        self.next(self.prepare)

    @step
    def prepare(self):
        def number(text):
            if type(text) in (float, int):
                return text
            if "M" in text:
                return float(text.replace("M", "")) * 1000000
            return 0.0

        self.weeks["worth"] = self.weeks["worth"].apply(number)
        self.swings = self.weeks.copy()
        for weeks in range(1, 5):
            self.swings["swing_" + str(weeks)] = self.swings["swing"].shift(weeks)
        self.swings.ffill(inplace=True)
        self.swings.dropna(inplace=True)
        self.swings_x = self.swings[[one for one in self.swings.keys() if one != "swing"]]
        self.swings_y = self.swings["swing"]
        self.next(self.check)

    @step
    def check(self):
        assert True
        self.next(self.split)

    @step
    def split(self):
        most = round(len(self.swings) * self.SHARE)
        self.known_x, self.test_x = self.swings_x[:most], self.swings_x[most:]
        self.known_y, self.test_y = self.swings_y[:most], self.swings_y[most:]
        self.kinds = ["forest", "net"]
        self.next(self.walk, foreach="kinds")

    @step
    def walk(self):
        from numpy import asarray
        from sklearn.ensemble import RandomForestRegressor
        from sklearn.linear_model import ElasticNet

        self.kind = self.input

        def by_forest(x, y, row):
            model = RandomForestRegressor(n_estimators=20)
            model.fit(asarray(x), asarray(y))
            return model.predict([row])[0]

        def by_net(x, y, row):
            model = ElasticNet()
            model.fit(asarray(x), asarray(y))
            return model.predict([row])[0]

        past_x = [row for row in self.known_x.values]
        past_y = [one for one in self.known_y.values]
        guesses = []
        for week in range(len(self.test_x)):
            row = self.test_x.iloc[week].values
            guess = by_forest(past_x, past_y, row) if self.kind == "forest" else by_net(past_x, past_y, row)
            guesses.append(guess)
            past_x.append(row)
            past_y.append(self.test_y.iloc[week])
        self.guesses = guesses
        self.next(self.measure)

    @step
    def measure(self):
        from sklearn import metrics

        self.r2 = metrics.r2_score(self.test_y, self.guesses)
        print("R2: {}".format(self.r2))
        self.next(self.compare)

    @step
    def compare(self, inputs):
        self.merge_artifacts(inputs, exclude=["guesses", "kind", "r2"])
        for one in inputs:
            print(f"{one.kind}: {one.r2}")
        self.next(self.end)

    @step
    def end(self):
        print("done at {}".format(datetime.utcnow()))


if __name__ == "__main__":
    SwingsFlow()
