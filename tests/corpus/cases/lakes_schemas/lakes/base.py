from abc import ABC, abstractmethod
from typing import Dict, List


class Retriever(ABC):
    def __init__(self, root: str, folder: str, account: dict | None = None):
        self.root = root
        self.folder = folder
        self.account = account

    @property
    def place(self) -> str:
        return f"{self.root}/{self.folder}"

    @abstractmethod
    def schema(self) -> List[Dict[str, str]]:
        ...

    def names(self) -> List[str]:
        return [one["name"] for one in self.schema()]
