"""What the endpoint says of rows that it has not seen."""

from google_cloud_pipeline_components.types import artifact_types
from kfp import dsl

packages = ["pyarrow==15.0.0", "pandas==2.2.1", "google-cloud-aiplatform", "google-cloud-pipeline-components"]


@dsl.component(base_image="python:3.10", packages_to_install=packages)
def judge(project: str, data: dsl.Input[dsl.Dataset], endpoint: dsl.Input[artifact_types.VertexEndpoint], said: dsl.Output[dsl.Dataset]):
    import pandas as pd
    import pyarrow.parquet as pq
    from google.cloud import aiplatform

    served = aiplatform.Endpoint(endpoint_name=endpoint.metadata["resourceName"], location="europe-west3", project=project)
    parts = []
    for i, batch in enumerate(pq.ParquetFile(data.path).iter_batches(batch_size=128)):
        frame = batch.to_pandas()
        targets = frame[["bought"]]
        targets["said"] = served.predict(instances=frame.drop(columns=["bought"]).to_dict(orient="records")).predictions
        parts.append(targets)
        print(f"{i} done")
    pd.concat(parts).to_parquet(said.path)
