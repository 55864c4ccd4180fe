"""Texts in one language, without what says nothing."""

import re
from string import punctuation
from typing import List

import pandas as pd
import swifter
from deep_translator import GoogleTranslator
from nltk.corpus import stopwords
from nltk.tokenize import word_tokenize
from unidecode import unidecode


def lower(text: str) -> str:
    return text.lower()


def clean(text: str) -> str:
    text = unidecode(re.sub(r"\n\s*\n", " ", text))
    text = re.sub(r"\(.*?\)|<.*?>", " ", text)
    return re.sub(r"[^a-zA-Z]+", " ", text)


def without_stopwords(tokens: List[str], given: List[str] = stopwords.words("portuguese")) -> str:
    stopped = given + list(punctuation) + ["\n", "clima"]
    return " ".join(filter(lambda one: one not in stopped, tokens))


def tokens_of(text: str) -> List[str]:
    return word_tokenize(text)


def prepared(frame: pd.DataFrame, column: str) -> pd.Series:
    found = frame[column].str.lower()
    found = found.swifter.apply(lambda one: clean(str(one)))
    return found.swifter.apply(lambda one: without_stopwords(tokens=tokens_of(one)))


def translated_column(frame: pd.DataFrame, column: str, target: str = "pt") -> pd.Series:
    frame[column] = frame[column].fillna("")
    frame[column] = frame[column].swifter.apply(lambda one: translated(one, target) if isinstance(one, str) else one)
    return frame[column]


def translated(text: str, target: str = "pt") -> str:
    try:
        return GoogleTranslator(source="auto", target=target).translate(text)
    except Exception:
        return text
