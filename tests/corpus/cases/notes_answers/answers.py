import hashlib
import os
import re
from pathlib import Path
from typing import Optional

import chromadb
import nltk
import spacy
import tiktoken
from langchain_community.document_loaders import PyPDFLoader, TextLoader
from langchain_openai import ChatOpenAI
from langchain_text_splitters import RecursiveCharacterTextSplitter
from nltk.corpus import stopwords
from openai import OpenAI, RateLimitError
from pydantic import BaseModel, EmailStr, Field, field_validator
from sentence_transformers import SentenceTransformer
from transformers import pipeline as hf_pipeline

nltk.download("stopwords", quiet=True)
STOP = set(stopwords.words("english"))
nlp = spacy.load("en_core_web_sm", disable=["parser"])
client = OpenAI(api_key=os.environ.get("OPENAI_API_KEY"))
_encoder: Optional[SentenceTransformer] = None


class Question(BaseModel):
    text: str = Field(min_length=3)
    sender: EmailStr

    @field_validator("text")
    @classmethod
    def short(cls, value):
        return value if tokens(value) < 500 else value[:2000]


def tokens(text, model="gpt-4o"):
    return len(tiktoken.encoding_for_model(model).encode(text))


def documents(path):
    loader = PyPDFLoader(str(path)) if path.suffix == ".pdf" else TextLoader(str(path))
    return loader.load()


def chunks(docs, size=800):
    splitter = RecursiveCharacterTextSplitter(chunk_size=size, length_function=tokens)
    return [piece.page_content for piece in splitter.split_documents(docs)]


def encoder():
    global _encoder
    if _encoder is None:
        _encoder = SentenceTransformer("all-MiniLM-L6-v2")
    return _encoder


def vectors(texts):
    return encoder().encode(texts, normalize_embeddings=True).tolist()


def collection(folder="notes.db"):
    return chromadb.PersistentClient(path=folder).get_or_create_collection("notes")


def key(text):
    return hashlib.sha1(text.encode()).hexdigest()


def remember(notes, texts):
    notes.upsert(ids=[key(text) for text in texts], documents=texts, embeddings=vectors(texts))


def lemmas(text):
    return [word.lemma_ for word in nlp(text) if word.lemma_ not in STOP]


def names(text):
    return sorted({entity.text for entity in nlp(text).ents})


def plain(text):
    return re.sub(r"\s+", " ", text).strip()


def mood(text):
    return hf_pipeline("sentiment-analysis")(text)[0]["label"]


def ask(question: Question, notes) -> str:
    found = notes.query(query_embeddings=vectors([question.text]), n_results=3)
    prompt = "\n".join(found["documents"][0]) + "\n" + question.text
    try:
        answer = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": prompt}])
    except RateLimitError:
        return "later"
    return plain(answer.choices[0].message.content)


def ask_chain(text):
    return ChatOpenAI(model="gpt-4o").invoke(text).content


def main(folder="notes"):
    notes = collection()
    for path in Path(folder).iterdir():
        remember(notes, chunks(documents(path)))
    print(ask(Question(text="What is new?", sender="a@example.org"), notes))


if __name__ == "__main__":
    main()
