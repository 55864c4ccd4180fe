from abc import ABC, abstractmethod


class Extractor(ABC):
    def __init__(self):
        self.errors = []

    @abstractmethod
    def extract(self, file):
        pass

    @abstractmethod
    def export(self, kind, name):
        pass
