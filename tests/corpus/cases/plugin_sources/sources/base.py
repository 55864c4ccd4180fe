from abc import ABC, abstractmethod

registry = {}


def register(cls):
    registry[cls.__name__.lower()] = cls
    return cls


class Source(ABC):
    @abstractmethod
    def rows(self): ...
