import lightning as L
import torch
from torch import nn
from torchmetrics.audio import ScaleInvariantSignalDistortionRatio
from transformers import HubertModel

from .config import Config


class Content(nn.Module):
    def __init__(self, name="facebook/hubert-base-ls960"):
        super().__init__()
        self.hubert = HubertModel.from_pretrained(name)

    @torch.no_grad()
    def forward(self, wave):
        return self.hubert(wave).last_hidden_state


class Decoder(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = nn.Sequential(*[nn.LazyLinear(one) for one in sizes], nn.LazyLinear(1))

    def forward(self, hidden):
        return self.layers(hidden).squeeze(-1)


class Voice(L.LightningModule):
    def __init__(self, config: Config, content, decoder):
        super().__init__()
        self.config = config
        self.content = content
        self.decoder = decoder
        self.closeness = ScaleInvariantSignalDistortionRatio()

    def forward(self, wave):
        return self.decoder(self.content(wave))

    def training_step(self, batch, at):
        loss = nn.functional.l1_loss(self(batch), batch)
        self.log("loss", loss)
        return loss

    def validation_step(self, batch, at):
        self.log("closeness", self.closeness(self(batch), batch))

    def configure_optimizers(self):
        return torch.optim.AdamW(self.decoder.parameters(), lr=self.config.step)
