"""Settings, read out of files in a bucket."""

import dataclasses
import os
from datetime import datetime
from pathlib import Path
from typing import Mapping, NamedTuple, Optional, Sequence


class State(NamedTuple):
    bucket: str
    key: str
    first: datetime

    @staticmethod
    def from_dict(told: dict) -> "State":
        return State(told["bucket"], told["key"], datetime.fromisoformat(told["first"]))


@dataclasses.dataclass(frozen=True)
class Target:
    host: str
    port: int
    user: str = dataclasses.field(repr=False)
    word: str = dataclasses.field(repr=False)
    index: str
    settings: Optional[dict] = None
    upsert: bool = False

    @staticmethod
    def from_dict(told: Mapping) -> "Target":
        secret = Path(os.environ[told["word_file_variable"]]).read_text()
        return Target(told["host"], told["port"], told["user"], secret, told["index"], told.get("settings"))


class Settings(NamedTuple):
    query: str
    project: str
    ids: Sequence[str]
    when: Sequence[str]
    state: State
    target: Target
    size: int = 1000
