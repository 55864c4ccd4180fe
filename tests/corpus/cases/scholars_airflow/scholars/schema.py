"""Tables of the store."""

import datetime
from typing import Optional

from sqlalchemy import Column, ForeignKey, Integer, String, Table, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, declarative_base, mapped_column
from sqlalchemy.types import DateTime

from scholars.database import sessions_of

STORE = "scholars"

Base = declarative_base()

written_by = Table(
    "written_by",
    Base.metadata,
    Column("paper_id", ForeignKey("paper.id"), primary_key=True),
    Column("scholar_id", ForeignKey("scholar.id"), primary_key=True),
)


class Paper(Base):
    __tablename__ = "paper"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    doi: Mapped[Optional[str]] = mapped_column(String, unique=True)
    found: Mapped[Optional[dict]] = mapped_column(JSONB(none_as_null=True))
    found_at: Mapped[Optional[datetime.datetime]] = mapped_column(DateTime)


class Scholar(Base):
    __tablename__ = "scholar"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    orcid: Mapped[Optional[str]] = mapped_column(String)


class Harvest(Base):
    __tablename__ = "harvest"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    began: Mapped[Optional[datetime.datetime]] = mapped_column(DateTime)
    ended: Mapped[Optional[datetime.datetime]] = mapped_column(DateTime)

    @classmethod
    def begin(cls):
        with sessions_of(STORE).begin() as session:
            one = cls(began=datetime.datetime.now())
            session.add(one)
            session.flush()
            session.expunge(one)
            return one

    @classmethod
    def by_id(cls, number):
        with sessions_of(STORE).begin() as session:
            return session.execute(select(cls).where(cls.id == number)).scalar_one()

    def end(self):
        with sessions_of(STORE).begin() as session:
            self.ended = datetime.datetime.now()
            session.add(self)
