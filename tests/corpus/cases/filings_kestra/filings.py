import json
import sys
from io import StringIO
from math import floor

import pandas as pd
import pdfplumber
import requests
from kestra import Kestra

COLUMNS = ["ID", "Owner", "Asset", "Date", "Amount"]


def fetch(year, number):
    answer = requests.get(f"https://filings.example/pdfs/{year}/{number}")
    if answer.status_code == 200:
        with open(number, "wb") as file:
            file.write(answer.content)


def places(path):
    words = []
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            words += [word for word in page.extract_words() if word["text"] in COLUMNS]
    last, found = 0, []
    for word in words:
        if last < word["x0"]:
            found.append(floor(word["x0"] - 1))
            last = word["x0"]
    return found


def rows_of(path, columns):
    rows = []
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            words = page.extract_words()
            words.sort(key=lambda word: (word["top"], word["x0"]))
            row, before = [""] * len(columns), None
            for word in words:
                at = next((i for i, edge in enumerate(columns) if word["x0"] < edge), len(columns) - 1)
                if before is not None and word["top"] > before + 10:
                    rows.append(row)
                    row = [""] * len(columns)
                row[at] = f"{row[at]} {word['text']}".strip()
                before = word["top"]
            rows.append(row)
    return rows


def joined(rows):
    trades = []
    for row in rows:
        if row[0] == "ID":
            continue
        if row[2] and row[3]:
            trades.append({"ID": row[0], "Owner": row[1], "Asset": row[2], "Date": row[3], "Amount": row[4]})
        elif trades and row[2]:
            trades[-1]["Asset"] += " " + row[2]
    return trades


def main(told):
    whole = pd.DataFrame()
    for one in json.loads(told):
        number = f"{one['number']}.pdf"
        fetch(one["year"], number)
        columns = places(number)
        if not columns:
            continue
        trades = pd.DataFrame(joined(rows_of(number, columns)))
        trades["Date"] = pd.to_datetime(trades["Date"], format="%m/%d/%Y", errors="coerce")
        whole = pd.concat([whole, trades[~pd.isnull(trades["Date"])]], ignore_index=True)
    whole.to_csv("trades.csv", index=False)
    Kestra.outputs({"count": len(whole)})


if __name__ == "__main__":
    main(sys.argv[1])
