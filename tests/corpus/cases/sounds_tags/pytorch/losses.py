import torch.nn.functional as F


def clip_bce(out, target):
    return F.binary_cross_entropy(out["clip"], target["target"])


def loss_of(kind):
    if kind == "clip_bce":
        return clip_bce
