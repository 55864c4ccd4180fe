import csv
import os
from datetime import datetime

from langchain_community.embeddings import HuggingFaceBgeEmbeddings, HuggingFaceEmbeddings, HuggingFaceInstructEmbeddings

from constants import EMBEDDER


def noted(question, answer):
    folder = "local_history"
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "answers.csv")
    new = not os.path.isfile(path)
    with open(path, "a", newline="", encoding="utf-8") as to:
        writer = csv.writer(to)
        if new:
            writer.writerow(["time", "question", "answer"])
        writer.writerow([datetime.now().isoformat(), question, answer])


def embeddings(device="cuda"):
    if "instructor" in EMBEDDER:
        return HuggingFaceInstructEmbeddings(model_name=EMBEDDER, model_kwargs={"device": device})
    if "bge" in EMBEDDER:
        return HuggingFaceBgeEmbeddings(model_name=EMBEDDER, model_kwargs={"device": device})
    return HuggingFaceEmbeddings(model_name=EMBEDDER, model_kwargs={"device": device})
