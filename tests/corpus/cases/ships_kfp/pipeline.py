"""Ships in pictures: rows out of BigQuery, evenly many of each kind, and a model. On Kubeflow."""

from typing import NamedTuple

import kfp
from kfp import compiler, dsl
from kfp.v2.dsl import Artifact, Dataset, Input, Metrics, Model, Output, component
from kubernetes.client.models import V1EnvVar


@component(
    packages_to_install=["google-cloud-storage", "google-cloud-bigquery", "tensorflow", "scikit-learn", "pandas", "scikit-image"],
    output_component_file="rows.yaml",
)
def rows(settings: dict) -> NamedTuple("Outputs", [("known", str), ("unseen", str)]):
    import logging

    import numpy as np
    import pandas as pd
    import tensorflow as tf
    from google.cloud import bigquery, storage
    from google.oauth2 import service_account
    from skimage.morphology import label
    from sklearn.model_selection import train_test_split
    from sklearn.utils import resample

    def decoded_tensor(runs, shape=(768, 768)):
        shape = tf.convert_to_tensor(shape, tf.int64)
        numbers = tf.strings.to_number(tf.strings.split(runs), tf.int64)
        starts, lengths = numbers[::2] - 1, numbers[1::2]
        ones = tf.ones([tf.reduce_sum(lengths)], tf.uint8)
        places = tf.range(tf.reduce_sum(lengths)) + tf.gather(starts, tf.zeros_like(ones, tf.int64))
        return tf.reshape(tf.scatter_nd(tf.expand_dims(places, 1), ones, [tf.math.reduce_prod(shape)]), shape)

    def encoded_all(image):
        labels = label(image[:, :, 0])
        return [encoded(labels == one) for one in np.unique(labels[labels > 0])]

    def encoded(image):
        pixels = np.concatenate([[0], image.T.flatten(), [0]])
        runs = np.where(pixels[1:] != pixels[:-1])[0] + 1
        runs[1::2] -= runs[::2]
        return " ".join(str(one) for one in runs)

    def merged(runs, shape=(768, 768)):
        np.zeros(shape=shape, dtype=np.uint8)

    bucket = storage.Client().bucket(settings["bucket"])
    try:
        client = bigquery.Client(project=settings["project"])
    except Exception:
        bucket.blob("key.json").download_to_filename("key.json")
        credentials = service_account.Credentials.from_service_account_file("key.json")
        client = bigquery.Client(credentials=credentials, project=settings["project"])
        logging.info("by key")
    table = bigquery.TableReference.from_string("ships.pictures.labels")
    masks = client.list_rows(table).to_dataframe(create_bqstorage_client=True)
    masks = masks.groupby(["picture"])["runs"].apply(lambda some: ";".join(some)).reset_index()
    masks["ships"] = masks["runs"].map(lambda one: one.count(";"))
    masks["runs"] = masks["runs"].apply(lambda one: merged(one))
    known, unseen = train_test_split(masks, test_size=0.3, stratify=masks["ships"])
    even = pd.concat([resample(known.query(f"ships == {count}"), n_samples=100) for count in known["ships"].unique()])
    even.to_parquet("known.parquet")
    unseen.to_parquet("unseen.parquet")
    for name in ("known.parquet", "unseen.parquet"):
        bucket.blob(name).upload_from_filename(name)
    return f"gs://{settings['bucket']}/known.parquet", f"gs://{settings['bucket']}/unseen.parquet"


@component(packages_to_install=["pandas", "tensorflow", "gcsfs", "pyarrow"])
def train(known: str, unseen: str, model: Output[Model], metrics: Output[Metrics]):
    import pandas as pd
    from tensorflow import keras

    frame = pd.read_parquet(known)
    net = keras.Sequential([keras.layers.Conv2D(16, 3), keras.layers.Dense(1)])
    net.compile(optimizer="adam", loss="binary_crossentropy")
    history = net.fit(frame["picture"], frame["ships"], epochs=10)
    metrics.log_metric("loss", history.history["loss"][-1])
    net.save(model.path)


@component(base_image="python:3.10", packages_to_install=["matplotlib", "mlflow"])
def reported(metrics: Input[Metrics], told: Output[Artifact]):
    import matplotlib
    import mlflow

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots()
    axes.bar(list(metrics.metadata), list(metrics.metadata.values()))
    figure.savefig(told.path)
    mlflow.log_artifact(told.path)


@dsl.pipeline(name="ships")
def ships(project: str = "ships", bucket: str = "ships"):
    found = rows(settings={"project": project, "bucket": bucket})
    trained = train(known=found.outputs["known"], unseen=found.outputs["unseen"])
    trained.set_cpu_limit("4").add_env_variable(V1EnvVar(name="MODE", value="all"))
    reported(metrics=trained.outputs["metrics"]).after(trained)


if __name__ == "__main__":
    compiler.Compiler().compile(pipeline_func=ships, package_path="ships.json")
    kfp.Client(host="https://kfp.example.org").create_run_from_pipeline_package("ships.json", arguments={})
