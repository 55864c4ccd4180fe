import re

import esm
import numpy as np
import torch
from scipy.fft import dct, idct


def load_model(device):
    model, alphabet = esm.pretrained.esm2_t36_3B_UR50D()
    model.eval()
    model.to(device)
    return alphabet.get_batch_converter(), model


class Embedding:
    def __init__(self, name, text, vector=None):
        self.text = np.array([name, text], dtype=object)
        self.vector = np.array([name, vector], dtype=object)

    def clean(self):
        self.text[1] = re.sub(r"[UZOB]", "X", self.text[1]).upper()

    def embed(self, tokenizer, model, device, layer):
        self.clean()
        _, _, tokens = tokenizer([self.text])
        with torch.no_grad():
            found = model(tokens.to(device), repr_layers=[layer])
        self.vector[1] = found["representations"][layer].cpu().numpy()[0]


class Transform:
    def __init__(self, name, vector, made=None):
        self.vector = np.array([name, vector], dtype=object)
        self.made = np.array([name, made], dtype=object)

    def scale(self, part: np.ndarray) -> np.ndarray:
        low, high = np.min(part), np.max(part)
        return (part - low) / float(high - low)

    def quantised(self, part, number):
        turned = idct(dct(part.T, type=2, norm="ortho")[:, :number], type=2, norm="ortho")
        for at in range(len(turned)):
            turned[at] = self.scale(turned[at])
        return turned.T

    def both_ways(self, rows, columns):
        once = self.quantised(self.vector[1][1:-1], rows)
        twice = self.quantised(once.T, columns).T
        try:
            self.made[1] = (twice.reshape(rows * columns) * 127).astype("int8")
        except ValueError:
            self.made[1] = None

    def joined(self, more):
        known = self.made[1]
        self.made[1] = more if known is None else np.concatenate((known, more))
