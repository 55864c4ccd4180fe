"""Tasks: pages of cities, as vectors, and which cities are alike. On Flyte."""

import logging
import sys
from typing import Dict, List, Tuple

import numpy as np
import pandas as pd
import torch
from flytekit import Resources, task
from flytekit.types.file import FlyteFile
from unidecode import unidecode

from cities.scraping.listed import as_frame, cities
from cities.scraping.pages import Pages
from cities.words.cleaning import prepared, translated_column
from cities.words.vectors import Vectors

LOGGER = logging.getLogger(__name__)
logging.basicConfig(stream=sys.stdout, level=logging.INFO)
LIGHT = Resources(cpu="0.5", mem="1Gi")


@task(retries=3, requests=LIGHT)
def base(with_id: bool) -> pd.DataFrame:
    return cities(as_frame, with_id=with_id)


@task(retries=3, requests=LIGHT)
def scraped(given: pd.DataFrame, wiki: str, language: str, sections: List[str]) -> pd.DataFrame:
    pages = Pages(wiki=wiki, language=language)
    found = given.copy()
    found["pictures"] = [[] for _ in range(len(found))]
    for i, row in found.iterrows():
        for section, text in pages.content(row["title"], summary=True, sections=sections).items():
            found.at[i, section] = text
        found.at[i, "pictures"] = pages.pictures(row["title"])
    return found


@task(cache=True, cache_version="1.0", requests=LIGHT)
def merged(left: pd.DataFrame, right: pd.DataFrame, join: str) -> pd.DataFrame:
    return pd.concat([left, right[right.columns.difference(left.columns)]], axis=1, join=join)


@task(cache=True, cache_version="1.0")
def remote(address: str) -> Tuple[bool, FlyteFile]:
    return bool(address), address


@task(retries=3, requests=LIGHT)
def stored(address: FlyteFile) -> pd.DataFrame:
    if address.remote_source is not None:
        address.download()
    found = pd.read_parquet(address.path)
    found.columns = found.columns.astype(str)
    return found


@task(cache=True, cache_version="1.0")
def cleaned(given: pd.DataFrame, foreign: List[str], columns: List[str]) -> pd.DataFrame:
    for column in foreign:
        given[column] = translated_column(given, column)
    for column in columns:
        given[column] = given[column].fillna("").swifter.apply(lambda one: unidecode(one) if isinstance(one, str) else one)
        given[column] = prepared(given, column)
    return given


@task(cache=True, cache_version="1.0")
def vectorized(given: pd.DataFrame, columns: List[str]) -> List[pd.DataFrame]:
    vectors = Vectors()
    vectors.model.to("cuda")
    found = []
    for column in columns:
        inputs = vectors.inputs(given[column]).to("cuda")
        found.append(pd.concat([given[["city"]], vectors.frame(inputs)], axis=1))
    return found


@task(cache=True, cache_version="1.0")
def mean_of(given: List[pd.DataFrame]) -> pd.DataFrame:
    stacked = np.stack([one.drop(columns=["city"]).to_numpy() for one in given])
    found = pd.DataFrame(torch.tensor(stacked).mean(dim=0).numpy())
    found["city"] = given[0]["city"]
    return found


@task
def alike(vectors: pd.DataFrame, actual: Dict[str, str], count: int) -> FlyteFile:
    values = torch.tensor(vectors.drop(columns=["city"]).to_numpy())
    place = vectors.index[vectors["city"] == actual["city"]][0]
    nearest = torch.topk(torch.cdist(values, values[place : place + 1]).squeeze(), count, largest=False)
    vectors.iloc[nearest.indices.numpy()].to_parquet("alike.parquet")
    return FlyteFile("alike.parquet")
