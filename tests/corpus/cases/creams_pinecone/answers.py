import os
from pathlib import Path

from langchain.chains import ConversationalRetrievalChain
from langchain_anthropic import ChatAnthropic
from langchain_core.documents import Document
from langchain_openai import OpenAIEmbeddings
from langchain_pinecone import PineconeVectorStore
from langchain_text_splitters import RecursiveCharacterTextSplitter
from pinecone import Pinecone

client = Pinecone(api_key=os.getenv("PINECONE_API_KEY"))
index = client.Index(host=os.getenv("PINECONE_HOST"))

vectors = OpenAIEmbeddings(model="text-embedding-3-small")

model = ChatAnthropic(model="claude-haiku-4-5", temperature=0.2, max_tokens=800)

cutter = RecursiveCharacterTextSplitter(chunk_size=400, chunk_overlap=40, separators=["\n\n", "\n", " "])

_store: PineconeVectorStore | None = None


def fill(pages: list[Document]) -> PineconeVectorStore:
    """Cuts the pages and puts them into the index; once, when the shop opens."""
    global _store
    pieces = cutter.split_documents(pages)
    _store = PineconeVectorStore.from_documents(
        documents=pieces, embedding=vectors, index_name=os.getenv("PINECONE_INDEX", "creams")
    )
    print(f"{len(pieces)} pieces stored")
    return _store


def store() -> PineconeVectorStore:
    """The store that was filled, or the index as it stands."""
    global _store
    if _store is None:
        _store = PineconeVectorStore(index=index, embedding=vectors)
    return _store


def chain() -> ConversationalRetrievalChain:
    """Who answers customers."""
    finder = store().as_retriever(search_kwargs={"k": 4})
    return ConversationalRetrievalChain.from_llm(llm=model, retriever=finder, return_source_documents=True)


def read_pages(folder: str = "pages") -> list[Document]:
    """The catalogue and the shop's rules."""
    pages = []
    for file in Path(folder).glob("*.md"):
        pages.append(Document(page_content=file.read_text(encoding="utf-8"), metadata={"from": file.name}))
    if not pages:
        print("nothing to read")
    return pages
