import io
from pathlib import Path

import yaml
from metaflow import Config, FlowSpec, Parameter, card, current, resources, retry, step
from metaflow.cards import Markdown, Table
from pydantic import BaseModel, Field

HERE = Path(__file__).parent
SQL = HERE / "sql"


class DataConfig(BaseModel):
    day: str
    days: int = Field(gt=0, default=30)
    hours: int = Field(gt=0, default=24)


class CloudConfig(BaseModel):
    database: str
    bucket: str


class FlowConfig(BaseModel):
    data: DataConfig
    cloud: CloudConfig


def read_config(text: str):
    return FlowConfig.model_validate(yaml.safe_load(io.BytesIO(text.encode()))).model_dump()


def rows_of(frame, count=5):
    return [[str(value) for value in row] for row in frame.head(count).values]


class ForecastFlow(FlowSpec):
    config = Config("config", default=HERE / "config.yaml", parser=read_config)
    tries = Parameter("tries", default=3)

    @step
    def start(self):
        self.cloud = self.config.cloud
        self.next(self.compute)

    @retry(times=2)
    @step
    def compute(self):
        from helpers.athena import execute
        from helpers.lineage import told

        sql = "CREATE TABLE IF NOT EXISTS {{ database }}.actuals (hour TIMESTAMP, rides INT)"
        with told("compute", sql):
            self.query = execute(sql, self.cloud.database, self.cloud.bucket, {"database": self.cloud.database})
        self.next(self.prepare)

    @step
    def prepare(self):
        from helpers.forecasting import actuals

        self.history = actuals(SQL / "actuals.sql", self.cloud.database, self.cloud.bucket, self.config.data.days)
        print(self.history.shape)
        self.next(self.naive, self.smooth)

    @step
    def naive(self):
        from helpers.forecasting import naive

        self.name = "naive"
        self.forecast = naive(self.history, self.config.data.hours)
        self.next(self.choose)

    @resources(memory=8000)
    @step
    def smooth(self):
        from helpers.forecasting import smoothed

        self.name = "smooth"
        self.forecast = smoothed(self.history, self.config.data.hours)
        self.next(self.choose)

    @card(type="blank")
    @step
    def choose(self, inputs):
        from helpers.forecasting import label

        self.best = inputs.naive.forecast
        current.card.append(Markdown(f"# {label(self.config.data.days)}"))
        current.card.append(Table(rows_of(self.best)))
        self.next(self.end)

    @step
    def end(self):
        if not self.best.empty:
            print(self.best.head())


if __name__ == "__main__":
    ForecastFlow()
