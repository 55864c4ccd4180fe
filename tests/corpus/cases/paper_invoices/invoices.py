import asyncio
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from functools import partial, wraps
from pathlib import Path

import aiofiles
import cv2
import httpx
import numpy as np
import openpyxl
import pandas as pd
import pdfplumber
import pytesseract
from dateutil import parser as dates
from openpyxl.styles import Font
from pdf2image import convert_from_path
from PIL import Image, ImageOps
from pillow_heif import register_heif_opener

register_heif_opener()

AMOUNT = re.compile(r"(\d+[.,]\d{2})")


def timed(function):
    @wraps(function)
    def inner(*args, **kwargs):
        import time

        begin = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            print(function.__name__, time.perf_counter() - begin)

    return inner


def pages(path, dpi=200):
    return convert_from_path(path, dpi)


def photo(path):
    return ImageOps.exif_transpose(Image.open(path))


def straight(picture):
    grey = cv2.cvtColor(np.array(picture), cv2.COLOR_RGB2GRAY)
    _, binary = cv2.threshold(grey, 0, 255, cv2.THRESH_OTSU)
    return Image.fromarray(binary)


def rotated(picture, degrees):
    return picture.rotate(degrees, expand=True)


@timed
def words(picture, language="eng"):
    return pytesseract.image_to_string(picture, lang=language)


def printed(path):
    with pdfplumber.open(path) as pdf:
        return "\n".join(page.extract_text() or "" for page in pdf.pages)


def by_program(path):
    return subprocess.check_output(["pdftotext", "-layout", str(path), "-"], text=True)


def amounts(text):
    return [float(one.replace(",", ".")) for one in AMOUNT.findall(text)]


def day(text):
    return dates.parse(text, fuzzy=True).date()


def fields(text):
    return {"day": day(text), "total": max(amounts(text), default=None)}


def scan(path):
    picture = photo(path) if path.suffix == ".heic" else pages(path)[0]
    return fields(words(straight(rotated(picture, 0))))


def all_of(folder):
    with ThreadPoolExecutor() as pool:
        return list(pool.map(scan, Path(folder).iterdir()))


def table(found):
    return pd.DataFrame(found).sort_values("day")


def workbook(frame, out):
    with pd.ExcelWriter(out, engine="xlsxwriter") as writer:
        frame.to_excel(writer, sheet_name="invoices", index=False)
        writer.sheets["invoices"].set_column(0, 1, 14)


def bold(path):
    book = openpyxl.load_workbook(path)
    for cell in book.active[1]:
        cell.font = Font(bold=True)
    book.save(path)


async def fetch(url, out):
    async with httpx.AsyncClient(http2=True) as client:
        answer = await client.get(url)
    async with aiofiles.open(out, "wb") as file:
        await file.write(answer.content)


async def fetch_all(urls, folder):
    save = partial(fetch, out=Path(folder) / "one.pdf")
    await asyncio.gather(*map(save, urls))


def main():
    frame = table(all_of("in"))
    workbook(frame, "invoices.xlsx")
    bold("invoices.xlsx")


if __name__ == "__main__":
    main()
