import json
import os
import time
import traceback

import cohere
from elasticsearch import Elasticsearch, helpers
from sentence_transformers import SentenceTransformer

model = SentenceTransformer("monologg/kobert-base-v2")


def vectors_of(texts):
    return model.encode(texts)


def vectors_by_parts(pages, size=100):
    found = []
    for i in range(0, len(pages), size):
        texts = [page["text"] for page in pages[i : i + size]]
        found.extend(vectors_of(texts))
        print(f"from {i}")
    return found


def make_index(index, settings, mappings):
    if es.indices.exists(index=index):
        es.indices.delete(index=index)
    es.indices.create(index=index, settings=settings, mappings=mappings)


def drop_index(index):
    es.indices.delete(index=index)


def add_all(index, pages):
    return helpers.bulk(es, [{"_index": index, "_source": page} for page in pages])


def by_words(asked, size):
    return es.search(index="facts", query={"match": {"text": {"query": asked}}}, size=size)


def by_meaning(asked, size):
    vector = vectors_of([asked])[0]
    knn = {"field": "vector", "query_vector": vector.tolist(), "k": size, "num_candidates": 100}
    return es.search(index="facts", knn=knn)


es = Elasticsearch(["https://localhost:9200"], basic_auth=("elastic", os.getenv("ES_PASSWORD", "")))

print(es.info())

settings = {"analysis": {"analyzer": {"words": {"type": "custom", "tokenizer": "nori_tokenizer"}}}}
mappings = {"properties": {"text": {"type": "text", "analyzer": "words"}, "vector": {"type": "dense_vector"}}}

make_index("facts", settings, mappings)

filled = []
with open("facts.jsonl") as file:
    pages = [json.loads(line) for line in file]
for page, vector in zip(pages, vectors_by_parts(pages)):
    page["vector"] = vector.tolist()
    filled.append(page)

print(add_all("facts", filled))

talk = cohere.Client(os.environ["COHERE_API_KEY"])
voice = "command-r-plus"

role = "You know about nature. Answer by what you are given, or say that you cannot."
asker = "Make a query of the question; say NONE if it is not about nature."


def answer(messages):
    response = {"query": "", "found": [], "answer": ""}
    said = asker + "\n" + "\n".join(f"{one['role']}: {one['content']}" for one in messages)
    try:
        result = talk.chat(model=voice, message=said, temperature=0)
    except Exception:
        traceback.print_exc()
        return response
    query = result.text.strip()
    if query and query != "NONE":
        hits = by_words(query, 3)
        response["query"] = query
        parts = []
        for hit in hits["hits"]["hits"]:
            parts.append(hit["_source"]["text"])
            response["found"].append({"score": hit["_score"], "text": hit["_source"]["text"]})
        try:
            prompt = role + f"\n\n{query}\n\n" + "\n".join(parts)
            response["answer"] = talk.generate(model=voice, prompt=prompt).generations[0].text.strip()
        except Exception:
            traceback.print_exc()
    else:
        response["answer"] = talk.chat(model=voice, message=said).text.strip()
    return response


def tried(questions, out):
    with open(questions) as file, open(out, "w") as result:
        for line in file:
            one = json.loads(line)
            said = answer(one["messages"])
            row = {"id": one["id"], "query": said["query"], "answer": said["answer"]}
            result.write(f"{json.dumps(row, ensure_ascii=False)}\n")
            time.sleep(4)


tried("questions.jsonl", "answers.jsonl")
