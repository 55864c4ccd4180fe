import os
from typing import List

os.environ["HF_HUB_OFFLINE"] = "1"

from langchain_community.document_loaders import Docx2txtLoader, PyPDFLoader, TextLoader
from langchain_community.vectorstores import FAISS
from langchain_core.documents import Document
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda, RunnablePassthrough
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_openai import ChatOpenAI
from langchain_text_splitters import RecursiveCharacterTextSplitter
from sentence_transformers import CrossEncoder

llm = ChatOpenAI(api_key="none", base_url="http://localhost:1234/v1/", model="qwen", temperature=0.1)
embeddings = HuggingFaceEmbeddings(model_name="./models/mini", model_kwargs={"device": "cpu"})
reranker = CrossEncoder(model_name="./models/marco", device="cpu")


def loaded(source):
    if source.endswith(".pdf"):
        loader = PyPDFLoader(source)
    elif source.endswith(".docx"):
        loader = Docx2txtLoader(source)
    else:
        loader = TextLoader(source, encoding="utf-8")
    return loader.load()


def indexed(documents):
    chunks = RecursiveCharacterTextSplitter(chunk_size=500, chunk_overlap=50).split_documents(documents)
    return FAISS.from_documents(chunks, embeddings).as_retriever(search_kwargs={"k": 20})


def as_text(docs: List[Document]) -> str:
    return "\n\n".join(doc.page_content for doc in docs)


rewrite = ChatPromptTemplate.from_template("Say it better: {question}") | llm | StrOutputParser()
guess = ChatPromptTemplate.from_template("Guess the answer: {question}") | llm | StrOutputParser()


def lines_of(text: str) -> List[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def found(question: str, retriever) -> List[Document]:
    asked = [question, rewrite.invoke({"question": question})] + lines_of(guess.invoke({"question": question}))
    unique = {doc.page_content: doc for text in asked for doc in retriever.invoke(text)}
    docs = list(unique.values())
    if not docs:
        return []
    scores = reranker.predict([(question, doc.page_content) for doc in docs])
    return [doc for doc, _ in sorted(zip(docs, scores), key=lambda pair: pair[1], reverse=True)[:4]]


prompt = ChatPromptTemplate.from_messages([("system", "Answer from the context only."), ("human", "{context}\n\n{question}")])


def answer(question: str, docs: List[Document]) -> str:
    chain = prompt | llm | StrOutputParser()
    return chain.invoke({"context": as_text(docs), "question": question})


def judged(answer: str, docs: List[Document]) -> float:
    judge = ChatPromptTemplate.from_template("{context} {answer}. A number:") | llm | StrOutputParser()
    try:
        return max(0.0, min(1.0, float(judge.invoke({"context": as_text(docs), "answer": answer}))))
    except ValueError:
        return 0.5


def chain_of(retriever):
    return (
        RunnablePassthrough()
        | {"question": lambda x: x["question"], "docs": RunnableLambda(lambda x: found(x["question"], retriever))}
        | {"docs": lambda x: x["docs"], "answer": RunnableLambda(lambda x: answer(x["question"], x["docs"]))}
        | {"answer": lambda x: x["answer"], "trust": lambda x: judged(x["answer"], x["docs"])}
    )


def main(source="notes.pdf"):
    chain = chain_of(indexed(loaded(source)))
    while (asked := input("? ")) != "exit":
        result = chain.invoke({"question": asked})
        print(result["answer"], result["trust"])


if __name__ == "__main__":
    main()
