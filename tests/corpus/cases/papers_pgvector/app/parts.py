from collections.abc import Generator
from typing import Any

import arxiv
from langchain_experimental.text_splitter import SemanticChunker
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_postgres import PGEngine, PGVectorStore
from langchain_xai import ChatXAI
from llama_cloud_services import LlamaParse
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from app.core import settings
from app.words import Words

embedder = HuggingFaceEmbeddings(model_name=settings.embedder, encode_kwargs={"normalize_embeddings": True})
parser = LlamaParse(api_key=settings.parser_key, num_workers=1, language="en")
SessionLocal = sessionmaker(bind=create_engine("postgresql+psycopg://papers@db/papers"))


def session() -> Generator[Session, Any, None]:
    one = SessionLocal()
    try:
        yield one
        one.commit()
    except SQLAlchemyError:
        one.rollback()
        raise
    finally:
        one.close()


def store():
    engine = PGEngine.from_connection_string("postgresql+asyncpg://papers@db/papers")
    return PGVectorStore.create_sync(engine, table_name="chunks", embedding_service=embedder)


def downloaded(query, folder="papers"):
    found = arxiv.Client().results(arxiv.Search(query=query, max_results=5))
    return [one.download_pdf(dirpath=folder) for one in found]


def parsed(path):
    return "\n".join(one.text for one in parser.load_data(path))


def pieces(text):
    return SemanticChunker(embedder, breakpoint_threshold_amount=87.5).split_text(text)


def model():
    return ChatXAI(model="grok-3")


def kept(query):
    words = Words()
    texts = [piece for path in downloaded(query) for piece in pieces(parsed(path))]
    store().add_texts(texts, metadatas=[{"words": words.of(one)} for one in texts])
    return len(texts)


def answered(question):
    found = store().similarity_search(question, k=4)
    return model().invoke("\n".join(one.page_content for one in found) + question).content
