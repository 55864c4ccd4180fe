import asyncio
from typing import Any, Dict, List, Mapping, Tuple, Type, Union

from langchain.indexes import VectorstoreIndexCreator
from langchain_chroma import Chroma
from langchain_community.document_loaders import UnstructuredFileLoader
from langchain_core.vectorstores import VectorStore
from langchain_elasticsearch import ElasticsearchStore
from langchain_weaviate import WeaviateVectorStore

from .async_index import AsyncIndexCreator

STORES: Mapping[str, Type[VectorStore]] = {
    "chroma": Chroma,
    "elastic": ElasticsearchStore,
    "weaviate": WeaviateVectorStore,
}


def ask(index: Any, question: str) -> Any:
    return index.query(question).strip()


async def ask_async(index: Any, question: str) -> Any:
    said = await index.aquery(question)
    return said.strip()


async def answers_async(path: Union[str, List[str]], questions: Dict[str, str], store: Type[VectorStore] = Chroma) -> Dict[str, Any]:
    index = AsyncIndexCreator(vectorstore_cls=store).from_loaders([UnstructuredFileLoader(path)])

    async def named(key: str, question: str) -> Tuple[str, str]:
        return key, await ask_async(index, question)

    return dict(await asyncio.gather(*(named(key, question) for key, question in questions.items())))


def answers(path: Union[str, List[str]], questions: Dict[str, str], store: Type[VectorStore] = Chroma) -> Dict[str, Any]:
    index = VectorstoreIndexCreator(vectorstore_cls=store).from_loaders([UnstructuredFileLoader(path)])
    return {key: ask(index, question) for key, question in questions.items()}
