import torch
import torch.nn as nn
import torch.nn.functional as F
from torchlibrosa.augmentation import SpecAugmentation
from torchlibrosa.stft import LogmelFilterBank, Spectrogram


def filled(layer):
    nn.init.xavier_uniform_(layer.weight)
    if getattr(layer, "bias", None) is not None:
        layer.bias.data.fill_(0.0)


class Block(nn.Module):
    def __init__(self, into, out):
        super(Block, self).__init__()
        self.conv = nn.Conv2d(into, out, kernel_size=(3, 3), padding=(1, 1), bias=False)
        self.norm = nn.BatchNorm2d(out)
        self.fill()

    def fill(self):
        filled(self.conv)

    def forward(self, x, pool=(2, 2)):
        return F.avg_pool2d(F.relu_(self.norm(self.conv(x))), kernel_size=pool)


class Cnn(nn.Module):
    def __init__(self, rate, window, hop, mels, count):
        super(Cnn, self).__init__()
        self.spectrogram = Spectrogram(n_fft=window, hop_length=hop, win_length=window)
        self.mels = LogmelFilterBank(sr=rate, n_fft=window, n_mels=mels)
        self.hide = SpecAugmentation(64, 2, 8, 2)
        self.first = Block(1, 64)
        self.last = nn.Linear(64, count, bias=True)

    def forward(self, wave, lam=None):
        x = self.mels(self.spectrogram(wave))
        if self.training:
            x = self.hide(x)
        x = torch.mean(self.first(x), dim=3)
        clip = torch.sigmoid(self.last(x))
        return {"clip": clip, "embedding": x}
