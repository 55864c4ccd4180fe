import logging
import warnings
from datetime import datetime, timezone
from pathlib import Path

from bs4 import BeautifulSoup
from langchain_core.documents import Document
from unstructured.partition.html import partition_html
from unstructured.partition.pdf import partition_pdf

from fetching import digest

logging.getLogger("pdfminer").setLevel(logging.ERROR)
logging.getLogger("unstructured").setLevel(logging.ERROR)
warnings.filterwarnings("ignore", category=UserWarning, module="camelot")


def chunks(elements, address, title, kind, name=None):
    from unstructured.documents.elements import Header, ListItem, NarrativeText, Table, Text, Title

    def words(text: str) -> int:
        return len(text.split())

    most = 180
    at = datetime.now(timezone.utc).isoformat()
    found = []
    above = []
    waiting = []
    has_table = False

    def section():
        return " / ".join(one for one in above if one)

    def flush():
        nonlocal waiting, has_table
        for one in waiting:
            if words(one) <= most:
                found.append((one, section(), has_table))
            else:
                found.extend((piece, section(), has_table) for piece in one.split("\n"))
        waiting = []
        has_table = False

    for element in elements:
        text = getattr(element, "text", None)
        if not text:
            continue
        import re

        text = re.sub(r"(\d{4})", r"\1 |", text.replace("\n", " ").strip())
        if isinstance(element, (Title, Header)):
            flush()
            above = [*above[:2], text]
            continue
        if isinstance(element, (NarrativeText, ListItem, Text)):
            waiting.append(f"{section() or title or ''}\n{text}")
            continue
        if isinstance(element, Table):
            flush()
            waiting.append(f"[TABLE]\n{text}")
            has_table = True
            flush()
    flush()
    return [
        Document(
            page_content=text,
            metadata={"source": address, "kind": kind, "name": name, "at": at, "id": digest(f"{address}|{i}")},
        )
        for i, (text, _, _) in enumerate(found)
    ]


def of_html(path: Path, address: str, title: str) -> list[Document]:
    soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    main = soup.find("main")
    if not main:
        return []
    for one in main.select("div.module"):
        one.decompose()
    elements = partition_html(text=str(main), include_page_breaks=False, languages=["ita", "eng"])
    if not elements:
        rest = main.get_text(separator="\n", strip=True)
        return [Document(page_content=rest, metadata={"source": address, "id": digest(address)})] if rest else []
    return chunks(elements, address, title, kind="html", name=path.name)


def of_pdf(path: Path, address: str) -> list[Document]:
    try:
        elements = partition_pdf(filename=str(path), strategy="hi_res", infer_table_structure=True, languages=["ita"])
    except Exception as error:
        print(f"{path}: {error}")
        return []
    from unstructured.documents.elements import Text

    joined = " ".join(getattr(one, "text", "") for one in elements if getattr(one, "text", None))
    if sum(one.isdigit() for one in joined) > 20:
        elements = [Text(joined)]
    if not elements:
        return []
    return chunks(elements, address, title=path.stem, kind="pdf", name=path.name)
