"""What is done with a call when it has ended: a row in the customer's file, and one in the warehouse."""

import csv
import io
import json
import os
from datetime import datetime
from typing import Any, Dict

import pandas as pd
from google.cloud import bigquery, storage

PROJECT = os.getenv("GCP_PROJECT", "calls")
TABLE = os.getenv("TABLE", "history")
BUCKET = "to-be-set"
FILE = "leads/in.csv"
KEY = "phone"

try:
    warehouse = bigquery.Client(project=PROJECT)
    files = storage.Client(project=PROJECT)
except Exception as fault:
    warehouse = files = None
    print(f"no clients: {fault}")

COLUMNS = ["date", "phone", "first", "last", "state", "quality", "recording"]

ALIASES = {"first": ("first_name", "firstName"), "last": ("last_name", "lastName")}


def pick(given: dict, *keys, default: str = "") -> str:
    if not isinstance(given, dict):
        return default
    for key in keys:
        if key in given:
            return given[key]
    return default


def phone_of(raw: str) -> str:
    if not raw or not isinstance(raw, str):
        return ""
    digits = "".join(ch for ch in raw if ch.isdigit())
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits


def moment(stamp):
    try:
        if stamp and isinstance(stamp, (int, float)) and stamp > 10**12:
            stamp /= 1000
        return datetime.fromtimestamp(stamp)
    except Exception as fault:
        print(f"{stamp}: {fault}")
    return None


def row_of(call: dict, given: dict, findings: dict) -> Dict[str, Any]:
    def found(*keys, default: str = "") -> str:
        if not isinstance(findings, dict):
            return default
        clean = {str(key).strip(): value for key, value in findings.items()}
        for key in keys:
            if key in clean:
                return clean[key]
        return default

    end = moment(call.get("ended"))
    return {
        "date": end.strftime("%Y-%m-%d %H:%M:%S") if end else "",
        "phone": phone_of(call.get("to", "")),
        "first": pick(given, *ALIASES["first"]),
        "last": pick(given, *ALIASES["last"]),
        "state": found("_state"),
        "quality": str(found("_quality", "_quality ")).lower(),
        "recording": findings.get("recording", ""),
    }


def append(bucket: str, path: str, new: pd.DataFrame, key: str):
    blob = files.bucket(bucket).blob(path)
    try:
        old = pd.read_csv(io.BytesIO(blob.download_as_bytes()))
    except Exception:
        old = pd.DataFrame(columns=COLUMNS)
    if not old.columns.equals(new.columns):
        old = old.reindex(columns=COLUMNS)
    both = pd.concat([old, new], ignore_index=True)
    if key in both.columns:
        both[key] = both[key].astype(str)
        both.drop_duplicates(subset=[key], keep="last", inplace=True)
    blob.upload_from_string(
        both.to_csv(index=False, quoting=csv.QUOTE_ALL),
        content_type="text/csv",
        if_generation_match=blob.generation or 0,
    )


def note(letter: dict, call: dict):
    if not (warehouse and TABLE):
        return
    try:
        row = {
            "at": datetime.utcnow().isoformat(),
            "call": call.get("id"),
            "said": json.dumps(call.get("said")),
            "letter": json.dumps(letter),
        }
        faults = warehouse.insert_rows_json(f"{PROJECT}.calls.{TABLE}", [row])
        if faults:
            print(faults)
    except Exception as fault:
        print(f"not noted: {fault}")


def handle(letter: dict, call: dict, settings: dict):
    if not files:
        print("no storage")
        return
    note(letter, call)
    findings = call.get("findings", {}) or {}
    findings["recording"] = call.get("recording", "")
    row = row_of(call, call.get("given", {}) or {}, findings)
    if not row["date"]:
        return
    try:
        df = pd.DataFrame([row], columns=COLUMNS)
        append(settings.get("bucket", BUCKET), settings.get("file", FILE), df, settings.get("key", KEY))
    except Exception as fault:
        print(f"not written: {fault}")
