"""The table of chunks, with pgvector, and sessions with its database."""

import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from pgvector.sqlalchemy import Vector
from sqlalchemy import String, Text, UniqueConstraint, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.sql import func


class Base(DeclarativeBase):
    """What all tables are."""


class Chunk(Base):
    __tablename__ = "chunks"
    __table_args__ = (UniqueConstraint("document", "place"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    document: Mapped[str] = mapped_column(String(512))
    place: Mapped[int] = mapped_column()
    content: Mapped[str] = mapped_column(Text)
    notes: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    vector: Mapped[Any] = mapped_column(Vector(384))
    made: Mapped[datetime] = mapped_column(server_default=func.now())


def engine_of(address: str) -> AsyncEngine:
    return create_async_engine(address, echo=False, pool_size=5)


def sessions_of(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    return async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)


@asynccontextmanager
async def session_of(address: str) -> AsyncGenerator[AsyncSession, None]:
    engine = engine_of(address)
    async with sessions_of(engine)() as session:
        try:
            yield session
            await session.commit()
        except Exception:
            await session.rollback()
            raise
        finally:
            await engine.dispose()


async def written(session: AsyncSession, given: list) -> int:
    count = 0
    for one in given:
        found = await session.execute(select(Chunk).where(Chunk.document == one.document, Chunk.place == one.place))
        known = found.scalar_one_or_none()
        if known is not None:
            known.content = one.content
            known.vector = one.vector
        else:
            session.add(Chunk(document=one.document, place=one.place, content=one.content, vector=one.vector))
        count += 1
    await session.flush()
    return count
