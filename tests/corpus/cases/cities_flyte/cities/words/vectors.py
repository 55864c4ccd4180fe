"""Vectors of texts, by a model for Portuguese."""

import pandas as pd
import torch
from transformers import AutoModel, AutoTokenizer

BASE = "neuralmind/bert-base-portuguese-cased"


class Vectors:
    def __init__(self, name: str = BASE) -> None:
        self.tokenizer = AutoTokenizer.from_pretrained(name, do_lower_case=False)
        self.model = AutoModel.from_pretrained(name)

    def inputs(self, texts: pd.Series) -> torch.Tensor:
        return self.tokenizer(list(texts), padding=True, truncation=True, max_length=256, return_tensors="pt")

    def frame(self, inputs: pd.Series) -> pd.DataFrame:
        with torch.no_grad():
            found = self.model(inputs["input_ids"])[0][:, 1:-1, :].mean(axis=1).cpu().numpy()
        return pd.DataFrame(found)
