import logging

import click
import torch
from langchain.chains import RetrievalQA
from langchain_community.llms import HuggingFacePipeline
from langchain_community.vectorstores import Chroma
from langchain_core.callbacks import CallbackManager, StreamingStdOutCallbackHandler
from transformers import GenerationConfig, pipeline

from constants import CHROMA, FILE, MODEL, STORE, WINDOW
from helping import embeddings, noted
from models import gguf, gptq, whole
from prompts import template

callbacks = CallbackManager([StreamingStdOutCallbackHandler()])


def load_model(device, model, file=None):
    logging.info("model %s on %s", model, device)
    if file is not None and ".gguf" in file.lower():
        return gguf(model, file, device)
    if file is not None:
        loaded, tokenizer = gptq(model, file)
    else:
        loaded, tokenizer = whole(model, device)
    asked = pipeline(
        "text-generation",
        model=loaded,
        tokenizer=tokenizer,
        max_length=WINDOW,
        generation_config=GenerationConfig.from_pretrained(model),
    )
    return HuggingFacePipeline(pipeline=asked)


def chain(device, history, kind="llama"):
    store = Chroma(persist_directory=STORE, embedding_function=embeddings(device), client_settings=CHROMA)
    prompt, memory = template(kind=kind, history=history)
    settings = {"prompt": prompt}
    if history:
        settings["memory"] = memory
    return RetrievalQA.from_chain_type(
        llm=load_model(device, MODEL, FILE),
        chain_type="stuff",
        retriever=store.as_retriever(),
        return_source_documents=True,
        callbacks=callbacks,
        chain_type_kwargs=settings,
    )


def shown(answer, sources):
    print(answer)
    for one in sources:
        print(one.metadata["source"], one.page_content)


@click.command()
@click.option("--device", default="cuda" if torch.cuda.is_available() else "cpu")
@click.option("--history", is_flag=True)
@click.option("--save", is_flag=True)
def main(device, history, save):
    asked = chain(device, history)
    while True:
        question = input("> ")
        if question == "exit":
            break
        told = asked(question)
        shown(told["result"], told["source_documents"])
        if save:
            noted(question, told["result"])


if __name__ == "__main__":
    main()
