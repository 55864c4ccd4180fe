import json
import os
import re
import sys
from datetime import datetime

import joblib
import mysql.connector
import numpy as np
import PyPDF2
import pytesseract
from pdfminer.high_level import extract_text as by_pdfminer

MODEL = os.path.join(os.path.dirname(__file__), "model.pkl")


def place_of(stored):
    full = os.path.normpath(os.path.join(os.path.dirname(__file__), "..", "storage", stored))
    return full.replace("/", "\\") if sys.platform == "win32" else full


def has_poppler():
    if sys.platform == "win32":
        try:
            from subprocess import PIPE, run

            return run(["pdftoppm", "-v"], stdout=PIPE, stderr=PIPE).returncode == 0
        except Exception:
            return False
    return True


POPPLER = has_poppler()


def text_of(path):
    path = place_of(path)
    ways = [("PyPDF2", lambda: with_pypdf(path)), ("pdfminer", lambda: with_pdfminer(path))]
    if POPPLER:
        ways.append(("OCR", lambda: with_ocr(path)))
    for name, way in ways:
        try:
            text = way()
            if text and text.strip():
                return text.lower()
        except Exception as fault:
            print(f"{name}: {fault}")
    return None


def with_pypdf(path):
    with open(path, "rb") as file:
        return " ".join(page.extract_text() or "" for page in PyPDF2.PdfReader(file).pages)


def with_pdfminer(path):
    return by_pdfminer(path)


def with_ocr(path):
    from pdf2image import convert_from_path

    return " ".join(pytesseract.image_to_string(page) for page in convert_from_path(path, dpi=300))


def stressed(text):
    if not text:
        return ""
    for word in ["invoice", "paid", "due"]:
        if word in text:
            text += f" {word}_money"
    return re.sub(r"(\$\d+\.?\d*)", r"\1 amount", text)


def classified(number):
    result = {"number": number, "good": False}
    connection = None
    try:
        connection = mysql.connector.connect(host="localhost", user="root", password="", database="papers")
        cursor = connection.cursor(dictionary=True)
        cursor.execute("SELECT file FROM papers WHERE id = %s", (number,))
        row = cursor.fetchone()
        text = text_of(row["file"]) if row else None
        if not text or not os.path.exists(MODEL):
            result["fault"] = "no text, or no model"
            return json.dumps(result)
        words, model = joblib.load(MODEL)
        shares = model.predict_proba(words.transform([stressed(text)]))[0]
        best = np.argmax(shares)
        result.update({"good": True, "kind": str(model.classes_[best]), "share": float(shares[best])})
        cursor.execute("INSERT INTO kinds VALUES (%s, %s, %s)", (number, result["kind"], datetime.now()))
        connection.commit()
    except Exception as fault:
        result["fault"] = str(fault)
        if connection:
            connection.rollback()
    finally:
        if connection and connection.is_connected():
            connection.close()
    return json.dumps(result)


if __name__ == "__main__":
    print(classified(sys.argv[1]) if len(sys.argv) > 1 else "which?")
