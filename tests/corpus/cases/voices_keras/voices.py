import io
import os

import librosa
import librosa.display
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from sklearn.preprocessing import LabelEncoder
from tensorflow.keras.layers import LSTM, BatchNormalization, Conv1D, Dense, Dropout, MaxPooling1D
from tensorflow.keras.models import Sequential
from tensorflow.keras.utils import to_categorical


class Voices:
    def __init__(self):
        self.model = None
        self.names = LabelEncoder()
        self.model_path = os.path.join("models", "voices.keras")
        self.names_path = os.path.join("models", "names.npy")
        self.shape = (100, 13)
        if os.path.exists(self.names_path):
            self.names.classes_ = np.load(self.names_path, allow_pickle=True)
        else:
            self.names.fit([])

    def add(self, name):
        known = list(self.names.classes_) if hasattr(self.names, "classes_") else []
        known.append(name)
        self.names.fit(known)

    def begin(self):
        np.random.seed(42)
        tf.random.set_seed(42)
        os.makedirs("models", exist_ok=True)
        if os.path.exists(self.model_path):
            self.model = tf.keras.models.load_model(self.model_path)
            self.names = LabelEncoder()
            self.names.classes_ = np.load(self.names_path, allow_pickle=True)
        else:
            self.model = self.made(self.shape, count=1)
            self.model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
            self.names = LabelEncoder()

    def made(self, shape, count):
        return Sequential(
            [
                Conv1D(32, kernel_size=3, activation="relu", input_shape=shape),
                BatchNormalization(),
                MaxPooling1D(pool_size=2),
                LSTM(64),
                Dropout(0.2),
                Dense(count, activation="softmax"),
            ]
        )

    def heard(self, recording):
        data = io.BytesIO(recording.get_wav_data())
        wave, rate = librosa.load(data, sr=16000)
        return librosa.feature.mfcc(y=wave, sr=rate, n_mfcc=40)

    def learn(self, recording, name):
        parts = self.heard(recording)
        if not hasattr(self.names, "classes_") or name not in self.names.classes_:
            self.add(name)
            self.names.classes_ = np.append(self.names.classes_, name)
            self.model.pop()
            self.model.add(Dense(len(self.names.classes_), activation="softmax"))
            self.model.compile(optimizer="adam", loss="categorical_crossentropy")
        label = to_categorical(self.names.transform([name]), num_classes=len(self.names.classes_))
        count = parts.shape[1]
        labels = np.tile(label, (count, 1))
        parts = np.expand_dims(parts, axis=0)
        history = self.model.fit(parts, labels, epochs=10)
        self.model.save(self.model_path)
        np.save(self.names_path, self.names.classes_)

        plt.figure(figsize=(12, 4))
        plt.subplot(1, 2, 1)
        plt.plot(history.history["accuracy"], label="right")
        plt.legend()
        plt.show()

    def who(self, recording):
        guesses = self.model.predict(self.heard(recording))
        name = self.names.inverse_transform([np.argmax(guesses)])[0]
        print(f"{name} speaks")
        return name
