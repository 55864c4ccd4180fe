from functools import cached_property

from keybert import KeyBERT
from konlpy.tag import Okt


class Tags:
    def __init__(self, sentences):
        self.sentences = sentences
        self.model = KeyBERT("paraphrase-multilingual-MiniLM-L12-v2")

    def nouns(self):
        return [" ".join(Okt().nouns(sentence)) for sentence in self.sentences]

    @cached_property
    def keywords(self):
        return ["#" + word for text in self.nouns() for word, _ in self.model.extract_keywords(text)]
