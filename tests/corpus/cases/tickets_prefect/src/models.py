from dataclasses import dataclass, field
from enum import Enum


class Verdict(str, Enum):
    GOOD = "GOOD"
    BAD = "BAD"
    OPEN = "OPEN"


@dataclass
class Checked:
    verdict: Verdict
    note: str = ""
    figures: dict = field(default_factory=dict)

    def as_table(self) -> str:
        rows = "\n".join(f"| {name} | {value} |" for name, value in self.figures.items())
        return f"## {self.verdict.value}\n{self.note}\n\n| figure | value |\n|---|---|\n{rows}"
