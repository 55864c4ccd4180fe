import os

import pandas as pd
from dotenv import load_dotenv
from llama_index.core import Settings, StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.llms.groq import Groq

load_dotenv()

FOLDER = "./storage"

Settings.embed_model = HuggingFaceEmbedding(model_name="BAAI/bge-small-en-v1.5")
Settings.llm = Groq(model="llama3", api_key=os.environ.get("GROQ"))


def nodes_of(path):
    nodes = []
    for _, row in pd.read_csv(path).iterrows():
        about = {"title": row["title"], "rating": row["rating"]}
        nodes.append(TextNode(text=f"{row['title']}: {row['about']}", metadata=about))
    return nodes


def built(path="books.csv"):
    index = VectorStoreIndex(nodes_of(path))
    index.storage_context.persist(FOLDER)
    return index


def loaded():
    return load_index_from_storage(StorageContext.from_defaults(persist_dir=FOLDER))


def similar(query, most=10):
    seen = set()
    found = []
    for node in loaded().as_retriever(similarity_top_k=most).retrieve(query):
        title = node.metadata.get("title", "")
        if title not in seen:
            seen.add(title)
            found.append(node)
    return found


def recommended(question, history=None):
    engine = loaded().as_query_engine(similarity_top_k=8, response_mode="compact")
    return engine.query(f"{history or ''} Recommend books: {question}").response
