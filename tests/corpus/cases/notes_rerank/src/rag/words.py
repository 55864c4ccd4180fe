import os
import pickle
from typing import List

import jieba
from langchain_core.documents import Document
from rank_bm25 import BM25Okapi

from src.config import settings


class Words:
    def __init__(self):
        self.path = settings.words
        self.index = None
        self.pages: List[Document] = []

    def cut(self, text: str) -> List[str]:
        return [word for word in jieba.lcut(text) if word.strip()]

    def fill(self, pages: List[Document]) -> None:
        self.pages = pages
        self.index = BM25Okapi([self.cut(page.page_content) for page in pages])
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        with open(self.path, "wb") as file:
            pickle.dump((self.index, self.pages), file)

    def load(self) -> None:
        with open(self.path, "rb") as file:
            self.index, self.pages = pickle.load(file)

    def search(self, asked: str, most: int = 4) -> List[Document]:
        scores = self.index.get_scores(self.cut(asked))
        order = sorted(range(len(scores)), key=lambda i: scores[i], reverse=True)
        return [self.pages[i] for i in order[:most]]
