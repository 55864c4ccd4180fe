import pytorch_lightning as pl
import torch
from pytorch3d.ops import sample_farthest_points
from torch import nn
from torchmetrics import MeanMetric


class Jepa(pl.LightningModule):
    def __init__(self, width=384, depth=12, rate=1e-3):
        super().__init__()
        self.save_hyperparameters()
        self.first = nn.Linear(3, width)
        self.blocks = nn.TransformerEncoder(nn.TransformerEncoderLayer(width, 6), depth)
        self.mean = MeanMetric()

    def forward(self, points):
        centers, _ = sample_farthest_points(points, K=64)
        return self.blocks(self.first(centers))

    def training_step(self, batch, i):
        loss = self(batch[0]).pow(2).mean()
        self.mean.update(loss)
        return loss

    def configure_optimizers(self):
        return torch.optim.AdamW(self.parameters(), lr=self.hparams.rate)

    def embedded(self, loader):
        out = [(self(x).mean(0).detach().cpu().numpy(), y.numpy()) for x, y in loader]
        return [x for x, _ in out], [y for _, y in out]
