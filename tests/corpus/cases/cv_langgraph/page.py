import os
import time
from copy import deepcopy
from pathlib import Path
from typing import Optional, TypedDict

import PyPDF2
import streamlit as st
from dotenv import load_dotenv
from groq import Groq
from langgraph.graph import END, StateGraph

from prompts import clean, detail, topics, whole
from scoring import *

load_dotenv(dotenv_path=Path(__file__).parent / ".env", override=True)
KEY = os.getenv("GROQ_API_KEY")

st.set_page_config(page_title="Papers", layout="wide")

pairs = {}
for name, inner in topics.items():
    pairs.update({name: list(inner.keys())})
notes = deepcopy(topics)

if not KEY:
    st.error("no key")
    st.stop()

client = Groq(api_key=KEY)
model = "llama-3.3-70b-versatile"


def asked(text):
    try:
        answer = client.chat.completions.create(
            model=model, messages=[{"role": "user", "content": text}], temperature=0.3
        )
        return answer.choices[0].message.content
    except Exception as fault:
        raise RuntimeError(f"not answered: {fault}") from fault


def skills(text):
    return asked(f"Name the skills, by commas only:\n{text}")


def text_of(pdf):
    lines = []
    for page in PyPDF2.PdfReader(pdf).pages:
        said = page.extract_text()
        if said:
            lines.extend(said.split("\n"))
    return "\n".join(lines)


class State(TypedDict):
    single: Optional[list]
    broad: Optional[list]
    notes: Optional[dict]
    text: Optional[str]
    left: Optional[dict]


flow = StateGraph(State)


def tidy(state):
    st.success("tidying")
    return {"text": asked(clean.format(state.get("text")))}


def one_topic(state):
    time.sleep(1)
    left = state.get("left")
    topic = list(left.keys())[0]
    part = left[topic][0]
    said = asked(detail.format(part, topics[topic][part], state.get("text")))
    state["single"].append(f"{part}: {said}")
    state["notes"][topic][part] = said
    left[topic].remove(part)
    return {"single": state["single"], "notes": state["notes"], "left": left}


def all_of_it(state):
    left = state.get("left")
    topic = list(left.keys())[0]
    st.info(f"{topic} ...")
    said = asked(whole.format(topic, state.get("single")))
    del left[topic]
    return {"broad": [*state.get("broad"), said], "left": left}


def more_parts(state):
    left = state.get("left")
    return "one_topic" if left[list(left.keys())[0]] else "all_of_it"


def more_topics(state):
    return "one_topic" if state.get("left") else END


flow.add_node("tidy", tidy)
flow.add_node("one_topic", one_topic)
flow.add_node("all_of_it", all_of_it)
flow.add_conditional_edges("one_topic", more_parts)
flow.add_conditional_edges("all_of_it", more_topics)
flow.set_entry_point("tidy")
flow.add_edge("tidy", "one_topic")
app = flow.compile()

pdf = st.file_uploader("yours", type=["pdf"])
offer = st.file_uploader("theirs", type=["pdf"], key="offer")

if KEY and pdf and offer:
    mine = text_of(pdf)
    share, found, missing = compared(skills(mine), skills(text_of(offer)))
    st.metric("fits", round(share))
    tags(found)
    said = app.invoke(
        {"single": [], "broad": [], "notes": notes, "text": mine, "left": deepcopy(pairs)}, {"recursion_limit": 100}
    )
    for topic, note in said["notes"].items():
        st.write(topic, note)
