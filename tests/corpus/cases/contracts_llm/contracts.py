"""Clauses of contracts: read out of files, found again by meaning, and judged by a model."""
import asyncio
import os
from typing import Literal

import instructor
import litellm
import pydantic
from docling.document_converter import DocumentConverter
from fastembed import TextEmbedding
from qdrant_client import QdrantClient
from qdrant_client.models import Distance, PointStruct, VectorParams
from semantic_text_splitter import TextSplitter
from tenacity import AsyncRetrying, stop_after_attempt
import presidio_analyzer
import presidio_anonymizer
import structlog

log = structlog.get_logger()


class Verdict(pydantic.BaseModel):
    risk: Literal["low", "high"]
    reason: str


def converted(path):
    return DocumentConverter().convert(path)


def markdown(result):
    return result.document.export_to_markdown()


def pieces(text, size=800):
    return TextSplitter(size).chunks(text)


def without_names(text):
    found = presidio_analyzer.AnalyzerEngine().analyze(text=text, language="en")
    return presidio_anonymizer.AnonymizerEngine().anonymize(text=text, analyzer_results=found)


def plain(result):
    return result.text


def embedded(texts):
    return list(TextEmbedding("BAAI/bge-small-en-v1.5").embed(texts))


def client():
    return QdrantClient(url=os.environ["QDRANT_URL"])


def put(store, texts, vectors):
    store.recreate_collection("clauses", vectors_config=VectorParams(size=384, distance=Distance.COSINE))
    store.upsert("clauses", [
        PointStruct(id=number, vector=vector.tolist(), payload={"text": text})
        for number, (text, vector) in enumerate(zip(texts, vectors))
    ])


def found(store, vector):
    return store.query_points("clauses", query=vector, limit=5)


def payloads(answer):
    return [one.payload["text"] for one in answer.points]


def asked(texts):
    return litellm.completion(model="gpt-4o", messages=[{"role": "user", "content": "\n".join(texts)}])


def said(answer):
    return answer.choices[0].message.content


def cost(answer):
    return litellm.completion_cost(answer)


def total(costs):
    return round(sum(costs), 4)


async def judged(text):
    client = instructor.from_litellm(litellm.acompletion)
    async for attempt in AsyncRetrying(stop=stop_after_attempt(3)):
        with attempt:
            return await client.create(response_model=Verdict, messages=[{"role": "user", "content": text}])


def risky(verdicts):
    return [one.reason for one in verdicts if one.risk == "high"]


def told(reasons):
    log.info("risks", reasons=reasons)


def main(path="contract.pdf"):
    text = plain(without_names(markdown(converted(path))))
    texts = pieces(text)
    vectors = embedded(texts)
    store = client()
    put(store, texts, vectors)
    answer = asked(payloads(found(store, vectors[0])))
    print(said(answer), total([cost(answer)]))
    told(risky([asyncio.run(judged(one)) for one in texts]))


if __name__ == "__main__":
    main()
