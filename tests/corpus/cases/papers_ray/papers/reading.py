"""Papers as a dataset of Ray: read, split by tag, cleaned, in tokens."""
import re
from typing import Dict, List, Tuple

import numpy as np
import pandas as pd
import ray
from ray.data import Dataset
from sklearn.model_selection import train_test_split
from transformers import BertTokenizer

from papers.settings import BASE_MODEL, DULL


def read_papers(where: str, count: int = None) -> Dataset:
    found = ray.data.read_csv(where).random_shuffle(seed=1)
    return ray.data.from_items(found.take(count)) if count else found


def split_by(found: Dataset, column: str, share: float, seed: int = 1) -> Tuple[Dataset, Dataset]:
    def mark(rows: pd.DataFrame) -> pd.DataFrame:
        train, test = train_test_split(rows, test_size=share, random_state=seed)
        train["_part"], test["_part"] = "train", "test"
        return pd.concat([train, test])

    def only(rows: pd.DataFrame, part: str) -> pd.DataFrame:
        return rows[rows["_part"] == part].drop("_part", axis=1)

    groups = found.groupby(column).map_groups(mark, batch_format="pandas")
    train = groups.map_batches(only, fn_kwargs={"part": "train"}, batch_format="pandas")
    test = groups.map_batches(only, fn_kwargs={"part": "test"}, batch_format="pandas")
    return train.random_shuffle(seed=seed), test.random_shuffle(seed=seed)


def cleaned(text: str, dull: List = DULL) -> str:
    text = re.sub(r"http\S+", "", text.lower())
    text = re.compile(r"\b(" + "|".join(dull) + r")\b\s*").sub(" ", text)
    return re.sub("[^a-z0-9]+", " ", text).strip()


def tokens(batch: Dict) -> Dict:
    cutter = BertTokenizer.from_pretrained(BASE_MODEL, return_dict=False)
    cut = cutter(batch["text"].tolist(), return_tensors="np", padding="longest")
    return {"ids": cut["input_ids"], "masks": cut["attention_mask"], "targets": np.array(batch["tag"])}


def prepared(rows: pd.DataFrame, numbers: Dict) -> Dict:
    rows["text"] = (rows.title + " " + rows.abstract).apply(cleaned)
    rows = rows.drop(columns=["id", "title", "abstract"], errors="ignore")[["text", "tag"]]
    rows["tag"] = rows["tag"].map(numbers)
    return tokens(rows)


class Preparer:
    def __init__(self, numbers=None):
        self.numbers = numbers or {}
        self.names = {number: tag for tag, number in self.numbers.items()}

    def fit(self, found):
        tags = found.unique(column="tag")
        self.numbers = {tag: number for number, tag in enumerate(tags)}
        self.names = {number: tag for tag, number in self.numbers.items()}
        return self

    def transform(self, found):
        return found.map_batches(prepared, fn_kwargs={"numbers": self.numbers}, batch_format="pandas")
