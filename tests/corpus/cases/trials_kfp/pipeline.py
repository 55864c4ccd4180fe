"""Splits, deploys and judges on Vertex AI."""

# pyright: reportCallIssue=false
from datetime import datetime
from pathlib import Path

from components.judge import judge
from components.split import split
from google.cloud import aiplatform
from google_cloud_pipeline_components.types import artifact_types
from google_cloud_pipeline_components.v1.endpoint import ModelDeployOp
from kfp import compiler, dsl

PROJECT = "trials"
REGION = "europe-west4"
HERE = Path(__file__).parent


@dsl.pipeline(name="trials", description="deploys and judges")
def trials(endpoint: str, rows: str):
    name = f"projects/{PROJECT}/locations/{REGION}/endpoints/{endpoint}"
    imported = dsl.importer(
        artifact_uri=f"https://{REGION}-aiplatform.googleapis.com/v1/{name}",
        artifact_class=artifact_types.VertexEndpoint,
        metadata={"resourceName": name},
    )
    data = dsl.importer(artifact_uri=rows, artifact_class=dsl.Dataset)
    parts = split(data=data.output, ratio=0.2)
    deployed = ModelDeployOp(endpoint=imported.output, automatic_resources_min_replica_count=1)
    judge(project=PROJECT, data=parts.outputs["unseen"], endpoint=imported.output).after(deployed)


def start():
    path = str(HERE / "pipeline.json")
    compiler.Compiler().compile(trials, path)
    job = aiplatform.PipelineJob(
        project=PROJECT,
        location=REGION,
        display_name="trials",
        template_path=path,
        job_id=f"trials-{datetime.now():%Y-%m-%d-%H-%M-%S}",
        pipeline_root="gs://trials",
        parameter_values={"endpoint": "8009", "rows": "gs://trials/rows.parquet"},
    )
    aiplatform.init(project=PROJECT, location=REGION)
    job.submit(service_account="runner@trials.iam.gserviceaccount.com")
    return job


if __name__ == "__main__":
    start()
