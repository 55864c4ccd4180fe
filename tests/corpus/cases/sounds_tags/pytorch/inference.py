import os
import sys

sys.path.insert(1, os.path.join(sys.path[0], "../utils"))
import librosa
import matplotlib.pyplot as plt
import numpy as np
import torch

import config
from helping import make_folder, name_of
from models import *  # noqa: F403
from torching import to_device


def model_of(args, device):
    model = Cnn(rate=config.rate, window=args.window, hop=args.hop, mels=args.mels, count=config.count)  # noqa: F405
    kept = torch.load(args.checkpoint, map_location=device)
    model.load_state_dict(kept["model"])
    return torch.nn.DataParallel(model)


def tagged(args):
    device = torch.device("cuda") if args.cuda and torch.cuda.is_available() else torch.device("cpu")
    model = model_of(args, device)
    wave, _ = librosa.core.load(args.audio, sr=config.rate, mono=True)
    with torch.no_grad():
        model.eval()
        out = model(to_device(wave[None, :], device), None)
    clip = out["clip"].data.cpu().numpy()[0]
    for k in np.argsort(clip)[::-1][:10]:
        print("{}: {:.3f}".format(config.labels[k], clip[k]))
    return clip, config.labels


def pictured(args):
    clip, labels = tagged(args)
    path = os.path.join("results", "{}.png".format(name_of(args.audio)))
    make_folder(os.path.dirname(path))
    wave, _ = librosa.load(args.audio, sr=config.rate)
    stft = librosa.core.stft(y=wave, n_fft=args.window, hop_length=args.hop)
    figure, axes = plt.subplots(2, 1, sharex=True)
    axes[0].matshow(np.log(np.abs(stft)), origin="lower", aspect="auto", cmap="jet")
    axes[1].yaxis.set_ticklabels(np.array(labels)[:10])
    plt.tight_layout()
    plt.savefig(path)
