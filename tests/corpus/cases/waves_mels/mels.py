import os

import audiomentations
import librosa
import librosa.display
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
import torchaudio.transforms as tf
from audiomentations import AddGaussianNoise, Compose, PitchShift
from tqdm.auto import tqdm

RATE = 16_000
STFT = {"n_fft": 2048, "hop_length": 256, "win_length": 1024}
MELS = {"n_mels": 80, "fmin": 0}

softer = Compose([AddGaussianNoise(p=0.5), PitchShift(min_semitones=-12, max_semitones=12, p=0.5)])


def shown(spectrum, title="mels", loud=True):
    figure = plt.figure(figsize=(14, 5))
    if loud:
        spectrum = decibels(spectrum)
    librosa.display.specshow(spectrum, x_axis="time", cmap="viridis")
    plt.title(title)
    return figure


def mels(path, change=None):
    wave, rate = librosa.load(path, sr=RATE)
    if change is not None:
        wave = change(wave, rate)
    return librosa.feature.melspectrogram(y=wave, sr=rate, **STFT, **MELS)


def mels_on_card(wave):
    return tf.MelSpectrogram(sample_rate=RATE, n_mels=80)(torch.from_numpy(wave))


def sound(spectrum):
    return librosa.feature.inverse.mel_to_audio(spectrum, sr=RATE, **STFT)


def decibels(spectrum):
    return librosa.power_to_db(spectrum, top_db=80.0)


def found(folder, ending=".wav"):
    files = []
    for root, _, names in os.walk(folder, followlinks=True):
        files += [os.path.join(root, name) for name in names if name.endswith(ending)]
    return files


def features(path, out=None, change=None, delta=False):
    parts = [decibels(mels(path, change))]
    if delta:
        parts.append(librosa.feature.delta(parts[0]))
    whole = np.concatenate(parts, axis=0).astype(np.float32)
    if out is None:
        return whole
    np.save(out, whole)
    return whole.shape[1]


def prepared(folder, out, change=softer):
    os.makedirs(out, exist_ok=True)
    rows = []
    for path in tqdm(found(folder)):
        target = os.path.join(out, os.path.basename(path)[:-4])
        size = features(path, target)
        features(path, f"{target}-softer", change)
        rows.append({"path": f"{target}.npy", "softer": f"{target}-softer.npy", "size": size})
    pd.DataFrame(rows).sort_values("size").to_csv(os.path.join(out, "rows.csv"))


class Segments(torch.utils.data.Dataset):
    def __init__(self, path="out/rows.csv", size=200):
        super().__init__()
        self.rows = pd.read_csv(path)
        self.size = size

    def __getitem__(self, index):
        whole = np.load(self.rows["path"].iloc[index])
        at = np.random.randint(0, whole.shape[-1] - self.size)
        return torch.from_numpy(whole[:, at : at + self.size])

    def __len__(self):
        return len(self.rows)


def main():
    prepared("sounds", "out")
    shown(mels("sounds/one.wav")).savefig("one.png")
    wave, _ = librosa.load("sounds/one.wav")
    print(mels_on_card(wave).shape, len(Segments()))


if __name__ == "__main__":
    main()
