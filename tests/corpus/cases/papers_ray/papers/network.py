"""A language model with one layer on top."""
import json
import os
from pathlib import Path

import torch
import torch.nn as nn
import torch.nn.functional as F
from transformers import BertModel


class Tagger(nn.Module):
    def __init__(self, body, dropout, width, count):
        super().__init__()
        self.body = body
        self.width, self.count, self.rate = width, count, dropout
        self.dropout = nn.Dropout(dropout)
        self.last = nn.Linear(width, count)

    def forward(self, batch):
        _, pooled = self.body(input_ids=batch["ids"], attention_mask=batch["masks"])
        return self.last(self.dropout(pooled))

    @torch.inference_mode()
    def predict(self, batch):
        self.eval()
        return torch.argmax(self(batch), dim=1).cpu().numpy()

    @torch.inference_mode()
    def chances(self, batch):
        self.eval()
        return F.softmax(self(batch), dim=1).cpu().numpy()

    def save(self, folder):
        with open(Path(folder, "args.json"), "w") as file:
            json.dump({"dropout": self.rate, "width": self.width, "count": self.count}, file)
        torch.save(self.state_dict(), os.path.join(folder, "model.pt"))

    @classmethod
    def load(cls, args, weights):
        with open(args) as file:
            kwargs = json.load(file)
        body = BertModel.from_pretrained("allenai/scibert_scivocab_uncased", return_dict=False)
        model = cls(body=body, **kwargs)
        model.load_state_dict(torch.load(weights, map_location=torch.device("cpu")))
        return model
