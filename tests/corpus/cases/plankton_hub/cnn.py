"""Makes, trains and asks a network of pictures of plankton."""

import os

import numpy as np
import pandas as pd
import tensorflow as tf
import tensorflow_addons as tfa
import tensorflow_hub as hub
from tensorflow.keras import callbacks, layers, losses, optimizers


def made(url, shape, trainable, sizes, dropout, classes):
    model = tf.keras.Sequential()
    first = hub.KerasLayer(url, input_shape=shape)
    first.trainable = trainable
    model.add(first)
    for size in sizes:
        if dropout:
            model.add(layers.Dropout(dropout))
        model.add(layers.Dense(size, activation="relu"))
    model.add(layers.Dense(classes, activation="softmax"))
    model.summary()
    return model


def compiled(model, rate, method="constant", loss="cce"):
    if method == "decay":
        rate = tf.keras.optimizers.schedules.InverseTimeDecay(rate, decay_steps=1.0, decay_rate=0.5)
    if loss == "cce":
        loss = losses.CategoricalCrossentropy(from_logits=False)
    elif loss == "focal":
        loss = tfa.losses.SigmoidFocalCrossEntropy(from_logits=False)
    model.compile(optimizer=optimizers.Adam(learning_rate=rate), loss=loss, metrics=["accuracy"])
    return model


def read_back(folder=".", epoch=None):
    try:
        files = sorted(os.listdir(folder), reverse=True)
    except OSError:
        files = []
    if len(files) > 1:
        path = os.path.join(folder, files[1] if epoch is None else f"checkpoint.{epoch:03d}.h5")
        model = tf.keras.models.load_model(path, custom_objects={"KerasLayer": hub.KerasLayer})
        epoch = int(path.split(".")[1])
    else:
        model, epoch = None, 0
    return model, epoch


def trained(model, batches, others, epochs, folder="."):
    kept = callbacks.ModelCheckpoint(filepath=os.path.join(folder, "checkpoint.{epoch:03d}.h5"), monitor="val_loss")

    class Log(callbacks.Callback):
        def __init__(self, often, data, file):
            super().__init__()
            self.often = often
            self.data = data
            self.file = file
            self.epoch = 0

        def on_epoch_begin(self, epoch, logs=None):
            self.epoch = epoch

        def on_train_batch_end(self, batch, logs=None):
            if (batch + 1) % self.often:
                return
            found = self.model.evaluate(self.data, return_dict=True, verbose=0)
            row = {"epoch": self.epoch + 1, "batch": batch, **{f"val_{k}": v for k, v in found.items()}}
            pd.DataFrame(row, index=[0]).to_csv(self.file, sep="\t", index=False, mode="a")

    log = Log(often=50, data=others, file=os.path.join(folder, "log.tsv"))
    return model.fit(x=batches, epochs=epochs, callbacks=[kept, log], validation_data=others)


def guessed(model, batches, classes=None):
    found = model.predict(batches)
    if classes is not None:
        found = np.array(classes)[np.argmax(found, axis=1)]
    return found
