"""Names pets with Keras 3 on JAX: models of KerasHub, settings searched by Keras Tuner."""

import os

os.environ["KERAS_BACKEND"] = "jax"

import argparse
from pathlib import Path

import keras
import keras_hub
import keras_tuner
import matplotlib.pyplot as plt
import numpy as np
import tensorflow_datasets as tfds
from sklearn.metrics import classification_report


def batches(part, size=224, batch=32):
    data, told = tfds.load("oxford_iiit_pet", split=part, as_supervised=True, with_info=True)
    resize = keras.layers.Resizing(size, size, crop_to_aspect_ratio=True)
    data = data.map(lambda picture, kind: (resize(picture), kind)).batch(batch).prefetch(2)
    return data, told.features["label"].names


def changes():
    return keras.Sequential([keras.layers.RandomFlip("horizontal"), keras.layers.RandomRotation(0.1)])


def model_of(settings, names):
    backbone = keras_hub.models.Backbone.from_preset("resnet_18_imagenet")
    backbone.trainable = settings.Boolean("tune", default=False)
    inputs = keras.Input((224, 224, 3))
    x = backbone(changes()(inputs))
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dropout(settings.Float("drop", 0.1, 0.5, default=0.2))(x)
    model = keras.Model(inputs, keras.layers.Dense(len(names), activation="softmax")(x))
    model.compile(
        optimizer=keras.optimizers.AdamW(settings.Choice("rate", [1e-3, 1e-4])),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def searched(train, test, names, out):
    tuner = keras_tuner.BayesianOptimization(
        lambda settings: model_of(settings, names), objective="val_accuracy", max_trials=8, directory=out
    )
    tuner.search(train, validation_data=test, epochs=2)
    return tuner.get_best_hyperparameters()[0]


def followers(out):
    return [
        keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True),
        keras.callbacks.TensorBoard(log_dir=str(out / "board")),
        keras.callbacks.CSVLogger(str(out / "rounds.csv")),
    ]


def drawn(model, history, out):
    keras.utils.plot_model(model, to_file=str(out / "model.png"), show_shapes=True)
    figure, axis = plt.subplots()
    axis.plot(history.history["accuracy"])
    axis.plot(history.history["val_accuracy"])
    figure.savefig(out / "rounds.png")


def told(model, test, names):
    guesses = np.argmax(model.predict(test), axis=1)
    known = np.concatenate([kinds for _, kinds in tfds.as_numpy(test)])
    return classification_report(known, guesses, target_names=names)


def named(path, picture):
    model = keras.saving.load_model(path)
    shown = keras.utils.img_to_array(keras.utils.load_img(picture, target_size=(224, 224)))
    return int(model.predict(shown[None])[0].argmax())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=Path("out"))
    args = parser.parse_args()
    train, names = batches("train[:80%]")
    test, _ = batches("train[80%:]")
    model = model_of(searched(train, test, names, args.out), names)
    history = model.fit(train, validation_data=test, epochs=20, callbacks=followers(args.out))
    drawn(model, history, args.out)
    print(told(model, test, names))
    model.save(args.out / "pets.keras")
    print(named(args.out / "pets.keras", "cat.png"))


if __name__ == "__main__":
    main()
