import bentoml
from net import Net
from train import cross_validate, judge, train
from zenml.environment import Environment
from zenml.integrations.mlflow.mlflow_environment import MLFLOW_ENVIRONMENT_NAME
from zenml.integrations.mlflow.mlflow_step_decorator import enable_mlflow
from zenml.pipelines import pipeline
from zenml.steps import BaseStepConfig, step


class Settings(BaseStepConfig):
    rounds: int = 2
    folds: int = 3
    rate: float = 0.0005


@enable_mlflow
@step
def validate(settings: Settings) -> dict:
    return cross_validate(rounds=settings.rounds, folds=settings.folds)


@enable_mlflow
@step
def fit(settings: Settings) -> Net:
    return train(rounds=settings.rounds, rate=settings.rate)


@enable_mlflow
@step
def measure(model: Net) -> dict:
    right, total = judge(model=model, batches=None)
    return {"right": right, "total": total}


@step
def keep(folds: dict, measured: dict, model: Net) -> None:
    metadata = {"right": float(measured["right"]) / measured["total"], "folds": folds}
    bentoml.pytorch.save("digits", model, metadata=metadata)


@pipeline
def digits_pipeline(validator, trainer, measurer, keeper):
    folds = validator()
    model = trainer()
    measured = measurer(model=model)
    keeper(folds=folds, measured=measured, model=model)


if __name__ == "__main__":
    for rounds, rate in ((1, 0.001), (3, 0.0004)):
        digits_pipeline(
            validator=validate(settings=Settings(rounds=rounds)),
            trainer=fit(settings=Settings(rounds=rounds, rate=rate)),
            measurer=measure(),
            keeper=keep(),
        ).run()
    print(Environment()[MLFLOW_ENVIRONMENT_NAME].tracking_uri)
