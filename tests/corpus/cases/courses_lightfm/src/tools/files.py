import json
import sys

import dill
import numpy as np
import pandas as pd
import yaml

from src.trouble import AdviceTrouble


def read_yaml(path: str) -> dict:
    with open(path, "rb") as file:
        return yaml.safe_load(file)


def write_frame(path: str, frame: pd.DataFrame) -> None:
    frame.to_csv(path, index=False)


def write_array(path: str, array: np.array) -> None:
    with open(path, "wb") as file:
        np.save(file, array)


def read_object(path: str):
    try:
        with open(path, "rb") as file:
            return dill.load(file)
    except Exception as error:
        raise AdviceTrouble(error, sys) from error


def read_json(path: str) -> dict:
    with open(path) as file:
        return json.load(file)
