import logging
import os
from abc import ABC, abstractmethod
from enum import Enum
from typing import Optional

import groq
import pandas as pd
from dotenv import load_dotenv
from pydantic import BaseModel

load_dotenv()
logger = logging.getLogger(__name__)


class Filling(ABC):
    @abstractmethod
    def handle(self, frame: pd.DataFrame) -> pd.DataFrame: ...


class Drop(Filling):
    def __init__(self, critical=()):
        self.critical = list(critical)

    def handle(self, frame):
        kept = frame.dropna(subset=self.critical)
        logger.info("%d dropped", len(frame) - len(kept))
        return kept


class Gender(str, Enum):
    FEMALE = "Female"
    MALE = "Male"


class Guess(BaseModel):
    name: str
    gender: Optional[Gender] = None


class GuessGender:
    def __init__(self):
        self.client = groq.Groq(api_key=os.environ.get("GROQ_API_KEY"))

    def guess(self, name):
        answer = self.client.chat.completions.create(
            model="llama", messages=[{"role": "user", "content": f"The gender of {name}?"}]
        )
        return Guess(name=name, gender=answer.choices[0].message.content.strip()).gender

    def impute(self, frame):
        for at in frame.index[frame["Gender"].isnull()]:
            frame.loc[at, "Gender"] = self.guess(frame.loc[at, "Name"])
        return frame


class Fill(Filling):
    def __init__(self, column=None, value=None, imputer=None):
        self.column = column
        self.value = value
        self.imputer = imputer

    def handle(self, frame):
        if self.imputer is not None:
            return self.imputer.impute(frame)
        frame[self.column] = frame[self.column].fillna(self.value)
        return frame
