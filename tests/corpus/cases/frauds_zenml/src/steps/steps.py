"""Steps of both pipelines."""

import mlflow
import pandas as pd
from sklearn.base import ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from zenml.integrations.evidently.steps import EvidentlyProfileParameters, evidently_profile_step
from zenml.integrations.evidently.visualizers import EvidentlyVisualizer
from zenml.post_execution import get_pipeline
from zenml.steps import BaseParameters, Output, step

from src.util import columns
from src.util.preparing import by_step, prepared
from src.util.reading import known_payments
from src.util.tracking import SETTINGS, experiment, measures, tracker_name


class Training(BaseParameters):
    scaled: bool = True


@step(enable_cache=False)
def importer() -> Output(data=pd.DataFrame):
    return known_payments()


@step(enable_cache=False)
def transformer(data: pd.DataFrame) -> Output(known=pd.DataFrame, unseen=pd.DataFrame, known_target=pd.Series, unseen_target=pd.Series):
    known, unseen, known_target, unseen_target = by_step(data=prepared(data), step=columns.STEP, target=columns.TARGET, size=0.8)
    return known.loc[:, columns.NUMERICAL], unseen.loc[:, columns.NUMERICAL], known_target, unseen_target


@step
def combiner(known: pd.DataFrame, new: pd.DataFrame) -> Output(data=pd.DataFrame):
    return pd.concat([known, new], axis=0)


@step(experiment_tracker=tracker_name)
def trainer(known: pd.DataFrame, target: pd.Series, config: Training) -> Output(model=ClassifierMixin):
    model = HistGradientBoostingClassifier(**SETTINGS)
    if config.scaled:
        model = Pipeline([("scale", StandardScaler()), ("model", model)])
    mlflow.set_experiment(experiment_id=experiment("frauds"))
    mlflow.sklearn.autolog()
    model.fit(known, target)
    return model


@step(experiment_tracker=tracker_name)
def evaluator(unseen: pd.DataFrame, target: pd.Series, model: ClassifierMixin) -> Output(told=dict):
    said = pd.Series(model.predict(unseen))
    chance = pd.Series(model.predict_proba(unseen)[:, 1])
    told = measures(target, said, chance)
    mlflow.log_metrics(told)
    return told


drift = evidently_profile_step(
    step_name="drift",
    params=EvidentlyProfileParameters(profile_sections=["datadrift"]),
)


def show_drift():
    last = get_pipeline("deploying").runs[-1]
    EvidentlyVisualizer().visualize(last.get_step("drift"))
