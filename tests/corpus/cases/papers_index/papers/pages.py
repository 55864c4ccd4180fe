from dataclasses import dataclass
from io import BytesIO

import pytesseract
from pdf2image import convert_from_bytes
from PIL import Image


@dataclass
class Page:
    paper: str
    number: int
    image: Image.Image


def papers_below(files, pattern):
    return files.glob(pattern)


def pages_of(files, paper):
    with files.open(paper, "rb") as file:
        images = convert_from_bytes(BytesIO(file.read()).getvalue(), dpi=200)
    return [Page(paper, number, image) for number, image in enumerate(images)]


def text_of(page):
    return pytesseract.image_to_string(page.image)
