"""How hard a text is to read, what it says in short, and text out of PDF files."""

import subprocess

import nltk
import pdftotext
import textstat
from sumy.nlp.tokenizers import Tokenizer
from sumy.parsers.plaintext import PlaintextParser
from sumy.summarizers.lsa import LsaSummarizer


class Readability:
    def compute(self, document):
        text = document.get("text", "")
        return {"score": textstat.flesch_reading_ease(text), "tokens": len(nltk.word_tokenize(text, language="portuguese"))}


class Summary:
    def __init__(self, most=3):
        self.most = most
        self.summarizer = LsaSummarizer()

    def compute(self, text):
        parser = PlaintextParser.from_string(text, Tokenizer("portuguese"))
        return " ".join(str(one) for one in self.summarizer(parser.document, self.most))


class Pages:
    @staticmethod
    def text_of(file):
        return "\n\n".join(pdftotext.PDF(file))

    @staticmethod
    def summary_of(script, path):
        done = subprocess.run(["Rscript", script, path], capture_output=True, text=True)
        return done.stdout
