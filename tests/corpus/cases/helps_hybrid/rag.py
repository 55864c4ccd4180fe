import asyncio
import json
import os
import sys
import warnings
from pathlib import Path

warnings.filterwarnings("ignore", category=DeprecationWarning)

from langchain_community.retrievers import BM25Retriever
from langchain_community.vectorstores import FAISS
from langchain_core.documents import Document
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import PromptTemplate
from langchain_core.runnables import RunnableLambda, RunnableParallel, RunnablePassthrough
from langchain_google_genai import ChatGoogleGenerativeAI, GoogleGenerativeAIEmbeddings

try:
    from langchain_classic.retrievers import EnsembleRetriever
except ImportError:
    from langchain.retrievers import EnsembleRetriever

EMBEDDING = os.getenv("EMBEDDING", "models/gemini-embedding-001")


def with_loop():
    try:
        asyncio.get_event_loop()
    except RuntimeError:
        asyncio.set_event_loop(asyncio.new_event_loop())


def read_documents(path: Path) -> list[Document]:
    with open(path) as file:
        rows = json.load(file)
    return [Document(page_content=f"{one['code']}: {one['cure']}", metadata={"code": one["code"]}) for one in rows]


def embeddings(key):
    return GoogleGenerativeAIEmbeddings(model=EMBEDDING, google_api_key=key)


def dense(documents, model, folder):
    folder = Path(folder)
    if (folder / "index.faiss").exists():
        store = FAISS.load_local(str(folder), model, allow_dangerous_deserialization=True)
    else:
        store = FAISS.from_documents(documents, model)
        store.save_local(str(folder))
    return store.as_retriever(search_kwargs={"k": 2})


def sparse(documents):
    return BM25Retriever.from_documents(documents, k=2)


def both(documents, model, folder):
    return EnsembleRetriever(retrievers=[sparse(documents), dense(documents, model, folder)], weights=[0.5, 0.5])


def chat(key):
    first = ChatGoogleGenerativeAI(model="gemini-2.5-flash", temperature=0, google_api_key=key)
    second = ChatGoogleGenerativeAI(model="gemini-2.0-flash", temperature=0, google_api_key=key)
    return first.with_retry(stop_after_attempt=3).with_fallbacks([second])


def as_text(documents):
    return "\n\n".join(one.page_content for one in documents)


def chain_of(retriever, model):
    prompt = PromptTemplate.from_template("{context}\n\n{question}")
    answer = (
        RunnableLambda(lambda x: {"context": as_text(x["docs"]), "question": x["question"]})
        | prompt
        | model
        | StrOutputParser()
    )
    return RunnableParallel(docs=retriever, question=RunnablePassthrough()) | RunnablePassthrough.assign(answer=answer)


def asked(chain, question):
    return chain.invoke(question)["answer"]


def main(key, question, path="errors.json"):
    with_loop()
    retriever = both(read_documents(Path(path)), embeddings(key), "faiss_index")
    return asked(chain_of(retriever, chat(key)), question)


if __name__ == "__main__":
    key = os.environ.get("GOOGLE_API_KEY")
    if not key:
        sys.exit("no key")
    print(main(key, "the page spins"))
