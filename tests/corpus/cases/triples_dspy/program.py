"""Triples out of texts: the program and what it is told."""

import os
from functools import lru_cache

import dspy
from dotenv import load_dotenv
from pydantic import BaseModel, Field


class Triple(BaseModel):
    subject: str = Field(description="who")
    relation: str = Field(description="does what")
    thing: str = Field(description="to whom")


class Extract(dspy.Signature):
    """Find what a text says of companies, as triples."""

    text: str = dspy.InputField()
    triples: list[Triple] = dspy.OutputField()


class Extractor(dspy.Module):
    def __init__(self):
        super().__init__()
        self.extract = dspy.ChainOfThought(Extract)

    def forward(self, text: str) -> dspy.Prediction:
        return dspy.Prediction(triples=self.extract(text=text).triples)


@lru_cache(maxsize=1)
def key() -> str:
    load_dotenv()
    return os.environ["OPENAI_API_KEY"]


def configure(name: str = "openai/gpt-4o-mini"):
    dspy.configure(lm=dspy.LM(name, api_key=key(), max_tokens=2000))
