"""The best of a study's trials."""

from kfp import dsl


@dsl.component(packages_to_install=["google-cloud-aiplatform", "google-cloud-pipeline-components", "protobuf"], base_image="python:3.10")
def best(resources: str, measures: list) -> str:
    from google.cloud import aiplatform
    from google.cloud.aiplatform_v1.types import study
    from google.protobuf.json_format import Parse
    from google_cloud_pipeline_components.proto.gcp_resources_pb2 import GcpResources

    suffix = "-aiplatform.googleapis.com"
    told = Parse(resources, GcpResources())
    parts = told.resources[0].resource_uri.partition("projects")
    before = parts[0][: parts[0].find(suffix)]
    client = aiplatform.gapic.JobServiceClient(client_options={"api_endpoint": before[before.rfind("//") + 2 :] + suffix})
    answer = client.get_hyperparameter_tuning_job(name=parts[1] + parts[2])
    if len(measures) > 1:
        raise RuntimeError("more than one measure")
    trials = [study.Trial.from_json(study.Trial.to_json(trial)) for trial in answer.trials]
    chosen = None
    if measures[0]["goal"] == study.StudySpec.MetricSpec.GoalType.MAXIMIZE:
        chosen = max
    elif measures[0]["goal"] == study.StudySpec.MetricSpec.GoalType.MINIMIZE:
        chosen = min
    return study.Trial.to_json(chosen(trials, key=lambda trial: trial.final_measurement.metrics[0].value))
