import enum

from sqlalchemy import Enum, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class Status(str, enum.Enum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    DELETED = "deleted"


class Task(Base):
    __tablename__ = "tasks"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    status: Mapped[Status] = mapped_column(Enum(Status), default=Status.WAITING)
    progress: Mapped[int] = mapped_column(Integer, default=0)
    source: Mapped[str] = mapped_column(String(200))
    result: Mapped[str] = mapped_column(String(200), default="")
    suffix: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(10))


class Limit(Base):
    __tablename__ = "limits"

    name: Mapped[str] = mapped_column(String(50), primary_key=True)
    value: Mapped[str] = mapped_column(String(50))
