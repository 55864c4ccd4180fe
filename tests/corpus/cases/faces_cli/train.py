import numpy as np
from sklearn.metrics import confusion_matrix
from tensorflow import keras

import plots


def network():
    return keras.Sequential([keras.layers.Conv2D(32, 3, activation="relu"), keras.layers.Flatten(), keras.layers.Dense(7)])


def trained(epochs=10, only_test=False):
    model = keras.models.load_model("best.keras") if only_test else network()
    data = keras.utils.image_dataset_from_directory("data/train", color_mode="grayscale", image_size=(48, 48))
    if not only_test:
        model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
        plots.curves(model.fit(data, epochs=epochs).history)
        model.save("best.keras")
    tested(model, data)


def tested(model, data):
    true = np.concatenate([labels for _, labels in data])
    plots.matrix(confusion_matrix(true, np.argmax(model.predict(data), axis=1)))
