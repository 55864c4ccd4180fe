"""Tests of a page, written by a model: what stands on it, the code, and what its run says. With LangGraph."""

from __future__ import annotations

import json
import os
import re
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TypedDict

from langchain_core.messages import HumanMessage, SystemMessage
from langchain_groq import ChatGroq
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, StateGraph
from playwright.sync_api import sync_playwright


class State(TypedDict):
    address: str
    places: list[dict]
    code: str
    failed: int


_model: ChatGroq | None = None


def model() -> ChatGroq | None:
    global _model
    if _model is None and os.getenv("GROQ_API_KEY"):
        _model = ChatGroq(model="llama-3.3-70b-versatile", temperature=0)
    return _model


def looked(state: State) -> dict:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(headless=True)
        page = browser.new_page()
        page.goto(state["address"], wait_until="domcontentloaded")
        places = page.evaluate("() => [...document.querySelectorAll('button')].map(b => ({id: b.id}))")
        browser.close()
    return {"places": places}


def code_of(text: str) -> str:
    found = re.search(r"```python\n(.*?)```", text, re.S)
    return found.group(1) if found else text


def written(state: State) -> dict:
    asked = [SystemMessage(content="Write tests with pytest."), HumanMessage(content=json.dumps(state["places"]))]
    answer = model().invoke(asked)
    code = code_of(answer.content)
    Path("test_page.py").write_text(code)
    return {"code": code}


def ran(state: State) -> dict:
    subprocess.run(["pytest", "test_page.py", "--junitxml=out.xml"], check=False)
    root = ET.parse("out.xml").getroot()
    return {"failed": sum(int(one.get("failures", 0)) for one in root.iter("testsuite"))}


def after_run(state: State) -> str:
    return "written" if state["failed"] else END


def graph_of(saver=None):
    graph = StateGraph(State)
    graph.add_node("looked", looked)
    graph.add_node("written", written)
    graph.add_node("ran", ran)
    graph.set_entry_point("looked")
    graph.add_edge("looked", "written")
    graph.add_edge("written", "ran")
    graph.add_conditional_edges("ran", after_run)
    return graph.compile(checkpointer=saver)


def main(address: str):
    with SqliteSaver.from_conn_string("state.db") as saver:
        found = graph_of(saver).invoke({"address": address}, {"configurable": {"thread_id": "1"}})
    print(found["failed"])
