"""Questions about the air, answered by a model with the table as context."""
import datetime
import json
import re

import gradio as gr
import pandas as pd
import torch
import whisper_timestamped as whisper
from langchain.chains import LLMChain
from langchain.memory import ConversationBufferWindowMemory
from langchain.prompts import PromptTemplate
from langchain_community.llms import HuggingFacePipeline
from openai import OpenAI
from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig, pipeline

import store

NAME = "teknium/OpenHermes-2.5-Mistral-7B"
TOOLS = {}


def tool(function):
    TOOLS[function.__name__] = function
    return function


@tool
def air_between(view, model, encoder, city, start, end):
    frame = view.get_batch_data()
    frame["date"] = pd.to_datetime(frame["date"])
    return frame[(frame["city"] == city) & frame["date"].between(start, end)][["date", "pm25"]]


@tool
def air_tomorrow(view, model, encoder, city):
    row = store.newest(view, city)
    row["city"] = encoder.transform(row["city"])
    said = model.predict(row.drop(columns=["date", "pm25"]))
    return pd.DataFrame({"date": [datetime.date.today() + datetime.timedelta(days=1)], "pm25": said})


def loaded(name=NAME):
    cutter = AutoTokenizer.from_pretrained(name)
    cutter.pad_token = cutter.unk_token
    small = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=torch.bfloat16)
    return AutoModelForCausalLM.from_pretrained(name, device_map="auto", quantization_config=small), cutter


def template():
    return "You know the air of cities. Context: {context} Today is {today}. {question}"


def chain(model, cutter):
    talker = HuggingFacePipeline(pipeline=pipeline("text-generation", model=model, tokenizer=cutter, max_new_tokens=256))
    prompt = PromptTemplate(input_variables=["context", "today", "question"], template=template())
    return LLMChain(llm=talker, prompt=prompt, memory=ConversationBufferWindowMemory(k=1, input_key="question"))


def call_of(text):
    found = re.search(r"<call>(.*?)</call>", text, re.DOTALL)
    return json.loads(found.group(1)) if found else None


def context(question, view, air, encoder, client):
    said = client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": question}])
    call = call_of(said.choices[0].message.content)
    if call is None:
        return ""
    frame = TOOLS[call["name"]](view, air, encoder, **call["arguments"])
    return "\n".join(f"{row.date:%d.%m.}: {row.pm25}" for row in frame.itertuples())


def answer(question, view, air, encoder, client, talk):
    table = context(question, view, air, encoder, client)
    return talk.invoke({"context": table, "today": f"{datetime.date.today()}", "question": question})["text"].strip()


def heard(path, model=None):
    model = model or whisper.load_model("base", device="cpu")
    return whisper.transcribe(model, whisper.load_audio(path))["text"]


def window(view, air, encoder, client, talk):
    def both(text, sound):
        return answer(heard(sound) if sound else text, view, air, encoder, client, talk)

    return gr.Interface(both, [gr.Textbox(), gr.Audio(type="filepath")], "text")


if __name__ == "__main__":
    project = store.project()
    feature_view = store.view(project.get_feature_store())
    air_model, city_encoder = store.loaded(project.get_model_registry())
    window(feature_view, air_model, city_encoder, OpenAI(), chain(*loaded())).launch()
