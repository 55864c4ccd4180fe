"""A model that is tuned to tweets, under MLflow."""

from typing import Optional, Tuple

import mlflow
from datasets import DatasetDict
from transformers import (
    AutoModelForSequenceClassification,
    DataCollatorWithPadding,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    Trainer,
    TrainingArguments,
)
from typing_extensions import Annotated
from zenml import ArtifactConfig, log_artifact_metadata, step
from zenml.client import Client
from zenml.integrations.mlflow.experiment_trackers import MLFlowExperimentTracker
from zenml.logger import get_logger

from tools.measuring import measures

logger = get_logger(__name__)
tracker = Client().active_stack.experiment_tracker
if not tracker or not isinstance(tracker, MLFlowExperimentTracker):
    raise RuntimeError("the stack has no tracker of MLflow")


@step(experiment_tracker=tracker.name)
def tuned(
    tokens: DatasetDict,
    tokenizer: PreTrainedTokenizerBase,
    epochs: Optional[int] = 3,
) -> Tuple[
    Annotated[PreTrainedModel, "model", ArtifactConfig(is_model_artifact=True)],
    Annotated[PreTrainedTokenizerBase, "tokenizer"],
]:
    train, judged = tokens["train"], tokens["validation"]
    arguments = TrainingArguments(
        output_dir="out",
        num_train_epochs=epochs,
        eval_strategy="steps",
        save_steps=1000,
        report_to="mlflow",
        load_best_model_at_end=True,
    )
    model = AutoModelForSequenceClassification.from_pretrained("roberta-base", num_labels=len(train.unique("labels")))
    mlflow.transformers.autolog()
    trainer = Trainer(
        model=model,
        args=arguments,
        train_dataset=train,
        eval_dataset=judged,
        compute_metrics=measures,
        data_collator=DataCollatorWithPadding(tokenizer=tokenizer),
    )
    trainer.train()
    log_artifact_metadata(artifact_name="model", metadata={"measures": trainer.evaluate(metric_key_prefix="")})
    return model, tokenizer


@step(experiment_tracker=tracker.name)
def registered(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, name: Optional[str] = "tweets") -> bool:
    mlflow.transformers.log_model(
        transformers_model={"model": model, "tokenizer": tokenizer}, artifact_path=name, task="text-classification"
    )
    return True
