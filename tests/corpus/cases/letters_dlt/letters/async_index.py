from typing import Any, List, Optional

from langchain.chains.retrieval_qa.base import RetrievalQA
from langchain.indexes.vectorstore import VectorstoreIndexCreator, VectorStoreIndexWrapper
from langchain_core.documents import Document
from langchain_core.language_models import BaseLanguageModel
from langchain_openai import OpenAI


class AsyncIndex(VectorStoreIndexWrapper):
    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)

    async def aquery(self, question: str, llm: Optional[BaseLanguageModel] = None, **kwargs: Any) -> str:
        llm = llm or OpenAI(temperature=0)
        chain = RetrievalQA.from_chain_type(llm, retriever=self.vectorstore.as_retriever(), **kwargs)
        return str(await chain.arun(question))


class AsyncIndexCreator(VectorstoreIndexCreator):
    def from_documents(self, documents: List[Document]) -> AsyncIndex:
        pieces = self.text_splitter.split_documents(documents)
        store = self.vectorstore_cls.from_documents(pieces, self.embedding, **self.vectorstore_kwargs)
        return AsyncIndex(vectorstore=store)
