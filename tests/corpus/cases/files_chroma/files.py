import logging
from datetime import datetime
from pathlib import Path

import chromadb
import httpx
from llama_index.core import Document, Settings, StorageContext, VectorStoreIndex
from llama_index.embeddings.ollama import OllamaEmbedding
from llama_index.vector_stores.chroma import ChromaVectorStore
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import File

logger = logging.getLogger(__name__)

_client = None
_indexes: dict[str, VectorStoreIndex] = {}

Settings.llm = None


def client():
    global _client
    if _client is None:
        _client = chromadb.HttpClient(host="chroma", port=8000)
    return _client


def index_of(user: str) -> VectorStoreIndex:
    Settings.embed_model = OllamaEmbedding(model_name="nomic", base_url="http://ollama:11434")
    if user not in _indexes:
        store = ChromaVectorStore(chroma_collection=client().get_or_create_collection(name=f"files_{user}"))
        _indexes[user] = VectorStoreIndex.from_vector_store(
            store, storage_context=StorageContext.from_defaults(vector_store=store)
        )
    return _indexes[user]


def folder_of(user: str) -> Path:
    path = Path("files") / user
    path.mkdir(parents=True, exist_ok=True)
    return path


def text_of(name: str, at: datetime) -> str:
    return f"{name}: {at:%Y-%m-%d}"


def indexed(user: str, key: str, name: str, at: datetime) -> None:
    try:
        index_of(user).insert(Document(text=text_of(name, at), id_=key, metadata={"name": name}))
    except Exception as error:
        logger.warning("%s", error)


async def fetched(address: str) -> bytes:
    async with httpx.AsyncClient(timeout=60) as web:
        answer = await web.get(address)
    answer.raise_for_status()
    return answer.content


async def saved(db: AsyncSession, user: str, name: str, content: bytes) -> File:
    found = (await db.execute(select(File).where(File.name == name))).scalar_one_or_none()
    (folder_of(user) / name).write_bytes(content)
    if found is None:
        found = File(name=name)
        db.add(found)
    await db.commit()
    await db.refresh(found)
    indexed(user, str(found.id), name, datetime.now())
    return found


async def searched(user: str, query: str, most: int = 5) -> list[str]:
    if client().get_or_create_collection(name=f"files_{user}").count() == 0:
        return []
    nodes = await index_of(user).as_retriever(similarity_top_k=most).aretrieve(query)
    return [one.node.metadata.get("name", "") for one in nodes]


async def listed(db: AsyncSession) -> list[File]:
    return list((await db.execute(select(File).order_by(File.at.desc()))).scalars().all())


def size(bytes_: int) -> str:
    return f"{bytes_ // 1024} KB"
