import logging
import math
import os
import pathlib
import tarfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import click
import keras
import mlflow
import numpy as np
import tensorflow as tf
from keras import layers
from PIL import Image
from tensorflow.keras.callbacks import Callback

log = logging.getLogger(__name__)
mlflow.set_tracking_uri("file:./runs")


class ToMlflow(Callback):
    def __init__(self, prefix=""):
        super().__init__()
        self.prefix = prefix

    def on_epoch_end(self, epoch, logs=None):
        for name, value in (logs or {}).items():
            mlflow.log_metric(f"{self.prefix}{name}", value, epoch)


def unpack(archive, folder):
    with tarfile.open(archive) as packed:
        packed.extractall(folder)
    return pathlib.Path(folder)


def pictures(folder, size=96):
    train = tf.keras.utils.image_dataset_from_directory(folder, image_size=(size, size), seed=3)
    return train.prefetch(tf.data.AUTOTUNE)


def network(classes):
    return keras.Sequential(
        [layers.Rescaling(1 / 255), layers.Conv2D(16, 3), layers.GlobalMaxPooling2D(), layers.Dense(classes)]
    )


def fit(model, data, epochs):
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(data, epochs=epochs, callbacks=[ToMlflow("train_")])


def curve(history):
    return [round(value, 3) for value in history.history["accuracy"]]


def decay(epoch, start=0.1):
    return start * math.exp(-epoch / 10)


def sharpest(files):
    return max(files, key=lambda file: np.asarray(Image.open(file).convert("L")).std())


def scheduled(model, data):
    model.fit(data, callbacks=[keras.callbacks.LearningRateScheduler(decay)])


@click.command(help="Train on a folder of flowers.")
@click.option("--folder", type=click.Path(exists=True))
@click.option("--epochs", type=click.INT, default=2)
def main(folder, epochs):
    data = pictures(folder)
    model = network(5)
    with mlflow.start_run():
        log.info(curve(fit(model, data, epochs)))
        scheduled(model, data)
        mlflow.keras.log_model(model, "model")


if __name__ == "__main__":
    main()
