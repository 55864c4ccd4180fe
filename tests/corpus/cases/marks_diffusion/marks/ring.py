import numpy as np
import torch
from scipy import fft


def ring(size, radius, key):
    generator = np.random.default_rng(key)
    grid = np.hypot(*np.mgrid[-size // 2 : size // 2, -size // 2 : size // 2])
    return np.where(grid < radius, generator.normal(size=(size, size)), 0)


def marked(latents, key):
    pattern = torch.from_numpy(ring(latents.shape[-1], 10, key)).to(latents.device)
    return torch.fft.ifft2(torch.fft.fft2(latents) + pattern).real


def found(latents, keys=range(8)):
    seen = fft.fft2(latents)
    scores = {key: float(np.abs(seen - ring(seen.shape[-1], 10, key)).mean()) for key in keys}
    return min(scores, key=scores.get)
