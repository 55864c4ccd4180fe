from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import BaseModel, Field, field_validator


class Asked(BaseModel):
    document: str
    path: str


class Line(BaseModel):
    number: int
    amount: Decimal = Field(ge=0)


class Order(BaseModel):
    number: str
    due: date | None = None
    lines: list[Line] = []

    @field_validator("number")
    @classmethod
    def trimmed(cls, value: str) -> str:
        return value.strip().upper()


class Parsed(BaseModel):
    document: str = ""
    markdown: str
    pages: int = 0


class Judged(BaseModel):
    valid: bool
    errors: list[str] = []
