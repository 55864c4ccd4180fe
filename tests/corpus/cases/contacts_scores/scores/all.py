import numpy as np
import torch
from scipy.sparse import csr_matrix
from torch import Tensor
from torchmetrics.image import LearnedPerceptualImagePatchSimilarity, PeakSignalNoiseRatio, StructuralSimilarityIndexMeasure

from scores.hicrep import scc
from scores.walks import reproducibility

_MADE: dict = {}


def _psnr_of(device, span: float):
    key = ("psnr", str(device), span)
    if key not in _MADE:
        _MADE[key] = PeakSignalNoiseRatio(data_range=span).to(device)
    return _MADE[key]


def _ssim_of(device, span: float):
    return StructuralSimilarityIndexMeasure(data_range=span).to(device)


def _lpips_of(device):
    return LearnedPerceptualImagePatchSimilarity(net_type="vgg").to(device)


def psnr(guess: Tensor, truth: Tensor, span: float = 1.0):
    return _psnr_of(guess.device, span)(guess, truth)


@torch.no_grad()
def psnr_fast(guess: Tensor, truth: Tensor, span: float = 1.0):
    return psnr(guess, truth, span)


def ssim(guess: Tensor, truth: Tensor, span: float = 1.0):
    return _ssim_of(guess.device, span)(guess, truth)


def walks(guess: Tensor, truth: Tensor):
    found = []
    for p, t in zip(guess, truth):
        found.append(reproducibility(csr_matrix(p.squeeze(0).cpu().numpy()), csr_matrix(t.squeeze(0).cpu().numpy())))
    return torch.tensor(np.mean(found)).float().to(guess.device)


def hicrep(guess: Tensor, truth: Tensor):
    found = [scc(t.squeeze(0).cpu().numpy(), p.squeeze(0).cpu().numpy()) for p, t in zip(guess, truth)]
    return torch.tensor(np.mean(found)).float()


def lpips(guess, truth):
    low = guess.amin(dim=(1, 2, 3), keepdim=True)
    return _lpips_of(guess.device)((guess - low).repeat(1, 3, 1, 1), truth.repeat(1, 3, 1, 1))


def pcc(guess, truth, eps=1e-8):
    g, t = guess.flatten(1), truth.flatten(1)
    g, t = g - g.mean(dim=1, keepdim=True), t - t.mean(dim=1, keepdim=True)
    return torch.mean((g * t).sum(1) / (torch.sqrt((g**2).sum(1) * (t**2).sum(1)) + eps))


SCORES = {"psnr": psnr_fast, "ssim": ssim, "walks": walks, "hicrep": hicrep, "lpips": lpips, "pcc": pcc}


@torch.no_grad()
def score(name: str, guess: Tensor, truth: Tensor):
    if name not in SCORES:
        raise ValueError(f"none of {', '.join(SCORES)}")
    return SCORES[name](guess, truth)


@torch.no_grad()
def all_scores(guess: Tensor, truth: Tensor):
    return {"psnr": psnr_fast(guess, truth), "hicrep": hicrep(guess, truth), "pcc": pcc(guess, truth)}
