import os

from chromadb.config import Settings
from langchain_community.document_loaders import (
    CSVLoader,
    Docx2txtLoader,
    PDFMinerLoader,
    TextLoader,
    UnstructuredHTMLLoader,
)

ROOT = os.path.dirname(os.path.realpath(__file__))
SOURCES = f"{ROOT}/DEEDS"
STORE = f"{ROOT}/STORE"
MODELS = "./models"
WORKERS = os.cpu_count() or 8
CHROMA = Settings(anonymized_telemetry=False, is_persistent=True)
WINDOW = 4096
LOADERS = {
    ".txt": TextLoader,
    ".md": TextLoader,
    ".pdf": PDFMinerLoader,
    ".csv": CSVLoader,
    ".docx": Docx2txtLoader,
    ".html": UnstructuredHTMLLoader,
}
EMBEDDER = "hkunlp/instructor-large"
MODEL = "acme/Deed-7b-GGUF"
FILE = "deed-7b.Q4_K_M.gguf"
