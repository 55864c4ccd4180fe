import io
from typing import Any

import pandas as pd
import requests
import snowflake.connector
import streamlit as st

ACCOUNT = "acme.eu-west-1"

if "wire" not in st.session_state:
    st.session_state.wire = snowflake.connector.connect(user="reader", password="", account=ACCOUNT, port=443)


def send(prompt: str) -> dict[str, Any]:
    answer = requests.post(
        url=f"https://{ACCOUNT}.example.org/api/v2/analyst/message",
        json={"messages": [{"role": "user", "content": prompt}]},
        headers={"Authorization": f'Token="{st.session_state.wire.rest.token}"'},
    )
    if answer.status_code >= 400:
        raise RuntimeError(answer.text)
    return answer.json()


def as_workbook(table: pd.DataFrame) -> bytes:
    table = table.reset_index(drop=True)
    buffer = io.BytesIO()
    with pd.ExcelWriter(buffer, engine="xlsxwriter") as writer:
        table.to_excel(writer, index=False, sheet_name="answer")
    return buffer.getvalue()


def as_lines(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False).encode()


def shown(content: list[dict[str, str]], number: int | None = None) -> None:
    number = number or len(st.session_state.messages)
    for item in content:
        if item["type"] == "text":
            st.markdown(item["text"])
        elif item["type"] == "sql":
            with st.expander("Results", expanded=True):
                table = pd.read_sql(item["statement"], st.session_state.wire)
                st.dataframe(table)
                st.download_button("CSV", as_lines(table), "answer.csv", key=f"csv_{number}")
                st.download_button("Excel", as_workbook(table), "answer.xlsx", key=f"excel_{number}")


def process(prompt: str) -> None:
    st.session_state.messages.append({"role": "user", "content": prompt})
    with st.chat_message("assistant"), st.spinner("…"):
        answer = send(prompt)
        shown(answer["message"]["content"])


if "messages" not in st.session_state:
    st.session_state.messages = []

if asked := st.chat_input("Ask"):
    process(asked)
