import os
import subprocess
import tempfile

SHORTEST = 600


def text_of(path):
    if not path:
        return ""
    try:
        done = subprocess.run(["pdftotext", "-q", str(path), "-"], capture_output=True, timeout=120)
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace").strip()


def scanned_text(path, language="eng"):
    handle, aside = tempfile.mkstemp(suffix=".txt")
    os.close(handle)
    try:
        subprocess.run(
            ["ocrmypdf", "--force-ocr", "--language", language, "--sidecar", aside, str(path), "-"],
            capture_output=True,
            timeout=600,
        )
        with open(aside, encoding="utf-8") as file:
            return file.read().strip()
    finally:
        os.unlink(aside)


def picture_text(path, language="eng"):
    done = subprocess.run(["tesseract", str(path), "stdout", "-l", language], capture_output=True)
    return done.stdout.decode("utf-8", "replace").strip()


def first_page(path):
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    return document[0].render(scale=2).to_pil()


def is_usable(text):
    return len(text) >= SHORTEST
