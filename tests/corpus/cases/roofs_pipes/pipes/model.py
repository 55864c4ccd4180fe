"""Settings."""

from typing import List, Optional

import fsspec
import yaml
from pydantic import BaseModel, Field, validator


class Group(BaseModel):
    power: str
    metadata: str
    label: str = Field("passiv", description="who measures")


class Roofs(BaseModel):
    groups: List[Group] = []
    start: Optional[str] = None
    end: Optional[str] = None

    @validator("groups")
    def not_empty(cls, groups):
        if not groups:
            raise ValueError("no groups")
        return groups

    def names(self):
        return [one.label for one in self.groups]


def settings_of(path: str) -> Roofs:
    with fsspec.open(path, mode="r") as text:
        return Roofs(**yaml.safe_load(text))


def saved(settings: Roofs, path: str) -> None:
    with fsspec.open(path, mode="w") as to:
        yaml.safe_dump(settings.dict(), to)
