import os
import shutil
import subprocess

import torch
from flask import Flask, jsonify, request
from langchain.chains import RetrievalQA
from langchain_community.embeddings import HuggingFaceInstructEmbeddings
from langchain_community.vectorstores import Chroma
from werkzeug.utils import secure_filename

from ask import load_model
from constants import CHROMA, EMBEDDER, FILE, MODEL, STORE

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
EMBEDDINGS = HuggingFaceInstructEmbeddings(model_name=EMBEDDER, model_kwargs={"device": DEVICE})
STORED = Chroma(persist_directory=STORE, embedding_function=EMBEDDINGS, client_settings=CHROMA)
RETRIEVER = STORED.as_retriever()
LLM = load_model(DEVICE, MODEL, FILE)
ASKED = RetrievalQA.from_chain_type(llm=LLM, chain_type="stuff", retriever=RETRIEVER)

app = Flask(__name__)


@app.route("/api/clear", methods=["GET"])
def clear():
    folder = "DEEDS"
    if os.path.exists(folder):
        shutil.rmtree(folder)
    os.makedirs(folder)
    return jsonify({"message": "cleared"})


@app.route("/api/deed", methods=["POST"])
def keep():
    if "document" not in request.files:
        return "no document", 400
    file = request.files["document"]
    name = secure_filename(file.filename)
    file.save(os.path.join("DEEDS", name))
    return "kept", 200


@app.route("/api/ingest", methods=["GET"])
def ingest():
    global STORED, RETRIEVER, ASKED
    done = subprocess.run(["python", "ingest.py", "--device", DEVICE], capture_output=True)
    if done.returncode != 0:
        return "failed", 500
    STORED = Chroma(persist_directory=STORE, embedding_function=EMBEDDINGS, client_settings=CHROMA)
    RETRIEVER = STORED.as_retriever()
    ASKED = RetrievalQA.from_chain_type(llm=LLM, chain_type="stuff", retriever=RETRIEVER)
    return "done", 200


@app.route("/api/ask", methods=["GET", "POST"])
def answered():
    question = request.form.get("question")
    if not question:
        return "no question", 400
    told = ASKED(question)
    return jsonify({"question": question, "answer": told["result"]}), 200


if __name__ == "__main__":
    app.run(debug=False, port=5110)
