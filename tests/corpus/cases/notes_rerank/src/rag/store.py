from http import HTTPStatus
from typing import Dict, List

import dashscope
from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_openai import OpenAIEmbeddings
from sentence_transformers import CrossEncoder

from src.config import settings
from src.rag.words import Words


class Store:
    """Notes by meaning and by words, and a judge over both."""

    def __init__(self, judged: bool = False):
        self.folder = settings.folder
        if settings.provider == "local":
            self.vectors = HuggingFaceEmbeddings(model_name=settings.model)
        else:
            self.vectors = OpenAIEmbeddings(
                model=settings.model, openai_api_key=settings.key, openai_api_base=settings.base
            )
        self._db = None
        self.words = Words()
        self.judged = judged
        self.judge = None
        self.judge_name = ""
        if self.judged:
            if settings.judge == "local":
                try:
                    self.judge = CrossEncoder("BAAI/bge-reranker-base")
                    self.judge_name = "local"
                except Exception as fault:
                    print(fault)
                    self.judged = False
            else:
                dashscope.api_key = settings.key
                self.judge_name = "cloud"

    def fill(self, pages: List[Document]) -> None:
        self._db = Chroma.from_documents(
            embedding=self.vectors, persist_directory=self.folder, documents=pages
        )
        self.words.fill(pages)
        print(f"{len(pages)} in {self.folder}")

    def load(self) -> None:
        self._db = Chroma(embedding_function=self.vectors, persist_directory=self.folder)
        self.words.load()

    def both(self, asked: str, most=4) -> List[Document]:
        if self._db is None:
            raise RuntimeError("not filled")
        pages: Dict[str, Document] = {}
        points: Dict[str, float] = {}
        for found in (self._db.similarity_search(asked, k=10), self.words.search(asked, most=10)):
            for rank, page in enumerate(found):
                pages[page.page_content] = page
                points[page.page_content] = points.get(page.page_content, 0.0) + 1.0 / (rank + 61)
        best = sorted(points, key=lambda text: points[text], reverse=True)
        return [pages[text] for text in best[:most]]

    def _by_cloud(self, asked: str, pages: List[Document], most: int) -> List[Document]:
        try:
            answer = dashscope.TextReRank.call(
                model="rerank", query=asked, top_n=most, documents=[page.page_content for page in pages]
            )
            if answer.status_code == HTTPStatus.OK:
                return [pages[one.index] for one in answer.output.results]
        except Exception as fault:
            print(fault)
        return pages[:most]

    def _by_judge(self, asked: str, pages: List[Document], most: int) -> List[Document]:
        if not pages:
            return []
        scores = self.judge.predict([[asked, page.page_content] for page in pages])
        both = sorted(zip(pages, scores), key=lambda one: one[1], reverse=True)
        return [page for page, _ in both[:most]]

    def by_meaning(self, asked: str, most: int = 5) -> List[Document]:
        if self._db is None:
            raise RuntimeError("not filled")
        found = self._db.similarity_search(asked, k=most * 3 if self.judged else most)
        if self.judge_name == "local":
            return self._by_judge(asked, found, most)
        if self.judge_name == "cloud":
            return self._by_cloud(asked, found, most)
        return found[:most]

    def by_words(self, asked: str, most: int = 5) -> List[Document]:
        found = self.words.search(asked, most=most * 3)
        return self._by_judge(asked, found, most) if self.judge_name == "local" else found[:most]
