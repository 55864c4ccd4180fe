from __future__ import annotations

import fsspec
import yaml
from pydantic import BaseModel, field_validator


class Recipe(BaseModel):
    id: str
    output: str
    features: int = 200

    @field_validator("id")
    @classmethod
    def plain(cls, value: str) -> str:
        if not value.replace("-", "").isalnum():
            raise ValueError(value)
        return value


def read_recipe(folder: str) -> Recipe:
    with fsspec.open(f"{folder}/recipe.yml", "rt") as file:
        return Recipe(**yaml.safe_load(file))
