import camelot
import faiss
import pandas as pd
import PyPDF2
import tabula
from sentence_transformers import SentenceTransformer


def texts_of(path):
    with open(path, "rb") as file:
        reader = PyPDF2.PdfReader(file)
        return {number + 1: page.extract_text() for number, page in enumerate(reader.pages)}


def vectors(texts):
    return SentenceTransformer("distiluse").encode(texts)


def pages_about(texts, query, most=5):
    numbers = list(texts)
    found = vectors(list(texts.values()))
    index = faiss.IndexFlatIP(found.shape[1])
    index.add(found.astype("float32"))
    _, nearest = index.search(vectors([query])[0].reshape(1, -1).astype("float32"), k=most)
    return [numbers[one] for one in nearest[0]]


def tables_of(path, pages):
    found = []
    for page in pages:
        for table in camelot.read_pdf(path, pages=str(page), flavor="lattice"):
            found.append({"frame": table.df, "page": page})
    return found


def drawn(path):
    table = camelot.read_pdf(path, pages="1")[0]
    camelot.plot(table, kind="grid").savefig("grid.png")


def by_tabula(path):
    return [one.dropna() for one in tabula.read_pdf(path, pages="all")]


def written(tables, path):
    with pd.ExcelWriter(path, engine="openpyxl") as writer:
        for number, table in enumerate(tables):
            table["frame"].to_excel(writer, sheet_name=f"{table['page']}_{number}", index=False)


def main():
    path = "terms.pdf"
    pages = set(pages_about(texts_of(path), "fees"))
    tables = tables_of(path, pages)
    if tables:
        written(tables, "tables.xlsx")


if __name__ == "__main__":
    main()
