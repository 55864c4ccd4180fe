"""Names genres of songs from pictures of their sound, with tf.data and Keras; neptune keeps the figures."""

from pathlib import Path

import librosa
import librosa.display
import matplotlib.pyplot as plt
import neptune
import numpy as np
import pandas as pd
import tensorflow as tf
import tensorflow_io as tfio
from imblearn.over_sampling import RandomOverSampler
from neptune.integrations.tensorflow_keras import NeptuneCallback
from sklearn.metrics import ConfusionMatrixDisplay, confusion_matrix
from sklearn.utils.class_weight import compute_class_weight
from tensorflow.keras import layers

RATE = 22050


def songs(path):
    frame = pd.read_feather(path)
    known = frame["genre"].astype("category")
    return frame["file"].to_numpy(), known.cat.codes.to_numpy(), list(known.cat.categories)


def more(files, known):
    at, known = RandomOverSampler(random_state=2).fit_resample(np.arange(len(files)).reshape(-1, 1), known)
    return files[at.ravel()], known


def sound(path, kind):
    samples = tfio.audio.AudioIOTensor(path).to_tensor()[: RATE * 10, 0]
    picture = tfio.audio.melscale(tfio.audio.spectrogram(samples, 1024, 1024, 512), RATE, 64, 20, 8000)
    return tf.expand_dims(tf.math.log(picture + 1e-6), -1), kind


def batches(files, known, training):
    data = tf.data.Dataset.from_tensor_slices((files, known))
    if training:
        data = data.shuffle(500)
    return data.map(sound, num_parallel_calls=tf.data.AUTOTUNE).padded_batch(16).prefetch(tf.data.AUTOTUNE)


def model_of(many):
    model = tf.keras.Sequential(
        [layers.Input((None, 64, 1)), layers.Conv2D(16, 3, activation="relu"), layers.GlobalAveragePooling2D(), layers.Dense(many, "softmax")]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def weights(known):
    kinds = np.unique(known)
    return dict(enumerate(compute_class_weight("balanced", classes=kinds, y=known)))


def fitted(run, train, test, many, known):
    model = model_of(many)
    model.fit(train, validation_data=test, epochs=20, class_weight=weights(known), callbacks=[NeptuneCallback(run=run, base_namespace="fit")])
    return model


def drawn(run, model, test, names):
    known = np.concatenate([kind for _, kind in test.as_numpy_iterator()])
    guess = model.predict(test).argmax(axis=1)
    ConfusionMatrixDisplay(confusion_matrix(known, guess), display_labels=names).plot(xticks_rotation=45)
    plt.savefig("confused.png")
    run["confused"].upload("confused.png")


def heard(path, out):
    samples, rate = librosa.load(path, sr=RATE, duration=10)
    picture = librosa.power_to_db(librosa.feature.melspectrogram(y=samples, sr=rate))
    figure, axis = plt.subplots()
    librosa.display.specshow(picture, sr=rate, x_axis="time", y_axis="mel", ax=axis)
    figure.savefig(out / "heard.png")


def small(model, out):
    maker = tf.lite.TFLiteConverter.from_keras_model(model)
    maker.optimizations = [tf.lite.Optimize.DEFAULT]
    (out / "genres.tflite").write_bytes(maker.convert())


def main():
    run = neptune.init_run(project="songs/genres")
    files, known, names = songs("songs.feather")
    cut = int(len(files) * 0.8)
    train_files, train_known = more(files[:cut], known[:cut])
    test = batches(files[cut:], known[cut:], training=False)
    model = fitted(run, batches(train_files, train_known, training=True), test, len(names), train_known)
    drawn(run, model, test, names)
    heard(files[0], Path("."))
    small(model, Path("."))
    run.stop()


if __name__ == "__main__":
    main()
