from kfp import dsl
from kfp.dsl import Dataset, Input, Model, Output


@dsl.component(
    base_image="python:3.11",
    packages_to_install=["pandas", "scikit-learn", "joblib", "boto3", "s3fs"],
)
def train(
    known: Input[Dataset],
    known_kinds: Input[Dataset],
    kept: Output[Model],
    key: str,
    secret: str,
    bucket: str,
    folder: str,
) -> str:
    from datetime import datetime

    import boto3
    import pandas as pd
    from joblib import dump
    from sklearn.linear_model import LogisticRegression

    measures = pd.read_csv(known.path)
    kinds = pd.read_csv(known_kinds.path).values.ravel()
    model = LogisticRegression(max_iter=500)
    model.fit(measures, kinds)
    dump(model, kept.path)

    client = boto3.client("s3", aws_access_key_id=key, aws_secret_access_key=secret)
    name = f"{folder}/wines_{datetime.now():%Y%m%d}.joblib"
    client.upload_file(kept.path, bucket, name)
    return f"s3://{bucket}/{name}"
