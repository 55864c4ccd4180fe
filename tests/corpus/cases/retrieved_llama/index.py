"""Manuals as vectors in Chroma, asked through LlamaIndex."""

import os

import chromadb
from dotenv import load_dotenv
from llama_index.core import Document, Settings, SimpleDirectoryReader, StorageContext, VectorStoreIndex
from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.postprocessor import SentenceTransformerRerank
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.llms.ollama import Ollama
from llama_index.vector_stores.chroma import ChromaVectorStore


def configured():
    load_dotenv()
    Settings.llm = Ollama(model=os.environ.get("MODEL", "qwen2.5"), request_timeout=120.0)
    Settings.embed_model = HuggingFaceEmbedding(model_name="BAAI/bge-small-en-v1.5")


def store_of(folder: str = "./chroma") -> ChromaVectorStore:
    collection = chromadb.PersistentClient(path=folder).get_or_create_collection("manuals")
    return ChromaVectorStore(chroma_collection=collection)


def documents_of(folder: str) -> list[Document]:
    return SimpleDirectoryReader(folder, required_exts=[".pdf"], recursive=True).load_data()


def filled(folder: str) -> VectorStoreIndex:
    configured()
    pipeline = IngestionPipeline(transformations=[SentenceSplitter(chunk_size=512), Settings.embed_model])
    nodes = pipeline.run(documents=documents_of(folder))
    return VectorStoreIndex(nodes, storage_context=StorageContext.from_defaults(vector_store=store_of()))


def engine_of(index: VectorStoreIndex) -> RetrieverQueryEngine:
    rerank = SentenceTransformerRerank(model="cross-encoder/ms-marco-MiniLM-L-2-v2", top_n=3)
    return RetrieverQueryEngine.from_args(index.as_retriever(similarity_top_k=10), node_postprocessors=[rerank])
