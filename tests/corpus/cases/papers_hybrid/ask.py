import os

from dotenv import load_dotenv
from langchain.chains import RetrievalQA
from langchain.prompts import PromptTemplate
from langchain.retrievers import ContextualCompressionRetriever, EnsembleRetriever
from langchain.text_splitter import RecursiveCharacterTextSplitter
from langchain_cohere import CohereRerank
from langchain_community.document_loaders import BSHTMLLoader, PyPDFLoader
from langchain_community.retrievers import BM25Retriever, TFIDFRetriever
from langchain_community.vectorstores import FAISS
from langchain_openai import ChatOpenAI, OpenAIEmbeddings

load_dotenv()
FOLDER = "data"
INDEX = os.path.join(FOLDER, "index.faiss")
embeddings = OpenAIEmbeddings(model="text-embedding-3-large")


def documents():
    out = []
    for name in os.listdir(FOLDER):
        path = os.path.join(FOLDER, name)
        loader = PyPDFLoader(path) if name.endswith(".pdf") else BSHTMLLoader(path)
        for doc in loader.load():
            doc.metadata["name"] = name
            out.append(doc)
    return RecursiveCharacterTextSplitter(chunk_size=1024, chunk_overlap=256).split_documents(out)


def stores():
    parts = documents()
    if os.path.exists(INDEX):
        store = FAISS.load_local(INDEX, embeddings=embeddings, allow_dangerous_deserialization=True)
    else:
        store = FAISS.from_documents(parts, embedding=embeddings)
        store.save_local(INDEX)
    return store, BM25Retriever.from_documents(parts), TFIDFRetriever.from_documents(parts)


def retriever():
    store, words, weights = stores()
    both = EnsembleRetriever(retrievers=[words, weights, store.as_retriever(search_kwargs={"k": 5})], weights=[0.3, 0.2, 0.5])
    return ContextualCompressionRetriever(base_compressor=CohereRerank(model="rerank-english-v3.0", top_n=3), base_retriever=both)


def chain(found):
    prompt = PromptTemplate(template="{context}\n{question}", input_variables=["context", "question"])
    llm = ChatOpenAI(model="gpt-4o-mini", temperature=0.1)
    return RetrievalQA.from_chain_type(llm=llm, retriever=found, return_source_documents=True, chain_type_kwargs={"prompt": prompt})


def ask(made, question: str):
    out = made.invoke({"query": question})
    return out["result"], [doc.metadata["name"] for doc in out["source_documents"]]


if __name__ == "__main__":
    print(ask(chain(retriever()), "What is the plan?"))
