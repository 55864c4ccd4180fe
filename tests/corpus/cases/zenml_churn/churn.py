import logging
from pathlib import Path
from typing import Annotated, Any, ClassVar, Optional, Tuple, Type

import attrs
import hydra
import pandas as pd
import typer
from attrs import define, field, validators
from marshmallow import Schema, fields
from omegaconf import DictConfig
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder
from zenml import ArtifactConfig, log_metadata, pipeline, step
from zenml.client import Client
from zenml.enums import ArtifactType
from zenml.materializers.base_materializer import BaseMaterializer

logger = logging.getLogger(__name__)
tracker = Client().active_stack.experiment_tracker
app = typer.Typer()


@define
class Settings:
    share: float = field(default=0.2, validator=validators.lt(1))
    seed: int = 3

    def doubled(self):
        return attrs.evolve(self, share=self.share * 2)


class Row(Schema):
    age = fields.Integer(required=True)
    plan = fields.String()


class Clip(BaseEstimator, TransformerMixin):
    def __init__(self, high=100):
        self.high = high

    def fit(self, x, y=None):
        return self

    def transform(self, x):
        return x.clip(upper=self.high)


class TextMaterializer(BaseMaterializer):
    ASSOCIATED_TYPES: ClassVar[Tuple[Type[Any], ...]] = (str,)
    ASSOCIATED_ARTIFACT_TYPE = ArtifactType.DATA

    def load(self, data_type):
        return Path(self.uri, "text").read_text()

    def save(self, text):
        Path(self.uri, "text").write_text(text)


@step
def rows(path: str = "churn.csv") -> Annotated[pd.DataFrame, ArtifactConfig(name="rows")]:
    return pd.read_csv(path)


@step(enable_cache=False)
def clean(data: pd.DataFrame) -> pd.DataFrame:
    return data.dropna()


@step(experiment_tracker=tracker.name)
def train(data: pd.DataFrame, settings: Settings) -> Annotated[ClassifierMixin, "model"]:
    import mlflow
    from lightgbm import LGBMClassifier

    mlflow.lightgbm.autolog()
    model = Pipeline([("prepare", prepare()), ("model", LGBMClassifier(random_state=settings.seed))])
    return model.fit(data.drop(columns="left"), data["left"])


def prepare():
    return ColumnTransformer(
        [("age", Clip(90), ["age"]), ("plan", OneHotEncoder(), ["plan"]), ("rest", SimpleImputer(), ["months"])]
    )


@step
def score(model: ClassifierMixin, data: pd.DataFrame) -> float:
    value = model.score(data.drop(columns="left"), data["left"])
    log_metadata({"score": value})
    return value


@step(output_materializers=TextMaterializer)
def note(value: float) -> str:
    return "good" if value > 0.8 else "bad"


def valid(row: dict) -> Optional[dict]:
    faults = Row().validate(row)
    return None if faults else row


@pipeline
def churn(path: str = "churn.csv"):
    data = clean(rows(path))
    note(score(train(data, Settings()), data))


@app.command()
def run(path: Annotated[str, typer.Option()] = "churn.csv"):
    logger.info("running")
    churn(path)


@hydra.main(version_base=None, config_path="conf", config_name="churn")
def by_hydra(config: DictConfig) -> None:
    churn(config.path)


if __name__ == "__main__":
    app()
