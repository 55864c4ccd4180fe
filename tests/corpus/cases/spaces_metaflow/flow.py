import pandas as pd
from metaflow import FlowSpec, Parameter, card, current, step
from metaflow.cards import Image, Table

from asking import asked
from visuals import Map, Sheet


class SpacesFlow(FlowSpec):
    url = Parameter("url", default="https://spaces.example.org/all")

    @step
    def start(self):
        self.next(self.extract)

    @card(type="html")
    @step
    def extract(self):
        self.raw = pd.json_normalize(asked(self.url).json(), "Spaces")
        self.html = Sheet(self.raw).html()
        self.next(self.clean)

    @card
    @step
    def clean(self):
        self.raw["lat"] = pd.to_numeric(self.raw["lat"], errors="coerce")
        self.output = self.raw[["name", "lat", "long"]]
        current.card.append(Table.from_dataframe(self.output.describe()))
        self.next(self.sheet, self.place)

    @card(type="html")
    @step
    def sheet(self):
        self.html = Sheet(self.output).styled()
        self.next(self.join)

    @card(type="html")
    @step
    def place(self):
        self.html = Map(self.output.dropna(subset=["lat", "long"])).html()
        axes = self.output.plot.scatter("long", "lat")
        current.card.append(Image.from_matplotlib(axes.get_figure()))
        self.next(self.join)

    @step
    def join(self, inputs):
        self.output = inputs[0].output
        self.next(self.end)

    @step
    def end(self):
        print(len(self.output))


if __name__ == "__main__":
    SpacesFlow()
