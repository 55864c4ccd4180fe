"""Scores of payments: rows out of BigQuery, a model, and its place in Vertex AI."""

import os

from google.cloud import aiplatform, bigquery
from google_cloud_pipeline_components.types import artifact_types
from google_cloud_pipeline_components.v1.bigquery import BigqueryQueryJobOp
from google_cloud_pipeline_components.v1.endpoint import EndpointCreateOp, ModelDeployOp
from google_cloud_pipeline_components.v1.model import ModelUploadOp
from kfp import compiler, dsl
from kfp.dsl import Artifact, Dataset, Input, Metrics, Model, Output

PROJECT = os.getenv("PROJECT", "payments")
ROOT = f"gs://{PROJECT}/pipelines"


@dsl.component(base_image="python:3.11", packages_to_install=["google-cloud-bigquery[pandas]", "pyarrow"])
def rows(project: str, table: str, out: Output[Dataset]) -> int:
    from google.cloud import bigquery

    client = bigquery.Client(project=project)
    frame = client.query(f"SELECT * FROM `{table}`").to_dataframe()
    frame.to_parquet(out.path)
    return len(frame)


@dsl.component(base_image="python:3.11", packages_to_install=["pandas", "pyarrow", "scikit-learn"])
def split(given: Input[Dataset], train: Output[Dataset], test: Output[Dataset], target: str):
    import pandas as pd
    from sklearn.model_selection import train_test_split

    frame = pd.read_parquet(given.path)
    known, unseen = train_test_split(frame, stratify=frame[target], test_size=0.2)
    known.to_parquet(train.path)
    unseen.to_parquet(test.path)


@dsl.component(base_image="python:3.11", packages_to_install=["xgboost", "pandas", "pyarrow", "scikit-learn", "optuna"])
def train(given: Input[Dataset], model: Output[Model], target: str, trials: int):
    import optuna
    import pandas as pd
    import xgboost as xgb
    from sklearn.model_selection import cross_val_score

    frame = pd.read_parquet(given.path)
    x, y = frame.drop(columns=[target]), frame[target]

    def tried(trial):
        made = xgb.XGBClassifier(max_depth=trial.suggest_int("max_depth", 3, 9))
        return cross_val_score(made, x, y, scoring="average_precision").mean()

    study = optuna.create_study(direction="maximize")
    study.optimize(tried, n_trials=trials)
    xgb.XGBClassifier(**study.best_params).fit(x, y).save_model(model.path + ".json")
    model.metadata["score"] = study.best_value


@dsl.component(base_image="python:3.11", packages_to_install=["xgboost", "pandas", "pyarrow", "scikit-learn", "shap", "matplotlib"])
def judge(test: Input[Dataset], model: Input[Model], measures: Output[Metrics], page: Output[Artifact], target: str) -> float:
    import matplotlib.pyplot as plt
    import pandas as pd
    import shap
    import xgboost as xgb
    from sklearn.metrics import average_precision_score

    frame = pd.read_parquet(test.path)
    x = frame.drop(columns=[target])
    made = xgb.XGBClassifier()
    made.load_model(model.path + ".json")
    score = float(average_precision_score(frame[target], made.predict_proba(x)[:, 1]))
    measures.log_metric("score", score)
    shap.summary_plot(shap.TreeExplainer(made).shap_values(x), x, show=False)
    plt.savefig(page.path)
    return score


@dsl.pipeline(name="payments", pipeline_root=ROOT)
def payments(project: str = PROJECT, target: str = "fraud"):
    asked = BigqueryQueryJobOp(project=project, location="EU", query="SELECT 1")
    found = rows(project=project, table="payments.all").after(asked)
    parts = split(given=found.outputs["out"], target=target)
    fitted = train(given=parts.outputs["train"], target=target, trials=20).set_memory_limit("8G")
    judged = judge(test=parts.outputs["test"], model=fitted.outputs["model"], target=target)
    with dsl.If(judged.outputs["Output"] > 0.8):
        image = dsl.importer(
            artifact_uri=ROOT,
            artifact_class=artifact_types.UnmanagedContainerModel,
            metadata={"containerSpec": {"imageUri": "xgboost"}},
        )
        kept = ModelUploadOp(project=project, display_name="payments", unmanaged_container_model=image.output)
        place = EndpointCreateOp(project=project, display_name="payments")
        ModelDeployOp(model=kept.outputs["model"], endpoint=place.outputs["endpoint"])


def fresh(table: str) -> bool:
    found = bigquery.Client(project=PROJECT).get_table(table)
    return found.num_rows > 0


def run():
    compiler.Compiler().compile(payments, "payments.json")
    if fresh("payments.all"):
        aiplatform.init(project=PROJECT, location="europe-west1", staging_bucket=ROOT)
        job = aiplatform.PipelineJob(display_name="payments", template_path="payments.json", enable_caching=False)
        job.submit(service_account=os.getenv("ACCOUNT"))


if __name__ == "__main__":
    run()
