"""Deploys a model that is good enough."""

import numpy as np
from evidently.model_profile import Profile
from zenml.logger import get_logger
from zenml.pipelines import pipeline
from zenml.steps import BaseParameters, Output, step

logger = get_logger(__name__)


class Wanted(BaseParameters):
    least_f1: float


@step(enable_cache=False)
def decision(told: dict[str, str], report: Profile, wanted: Wanted) -> Output(decision=np.bool_):
    drift = report.object()["data_drift"]["data"]["metrics"]["dataset_drift"]
    logger.info(f"drift: {drift}")
    return all((not drift, told.get("F1", wanted.least_f1) >= wanted.least_f1))


@pipeline(name="deploying", enable_cache=True)
def deploying(importer, combiner, transformer, trainer, evaluator, drift, decision, deployer):
    data = importer()
    known, unseen, known_target, unseen_target = transformer(data)
    model = trainer(known, known_target)
    told = evaluator(unseen, unseen_target, model)
    report, _ = drift(known, unseen)
    deployer(decision(told, report), model)
