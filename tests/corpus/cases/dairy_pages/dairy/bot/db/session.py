from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager

from dairy.bot.config import settings
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, sessionmaker


def sync_url() -> str:
    return settings().database_url.replace("sqlite+aiosqlite", "sqlite", 1)


@contextmanager
def session():
    engine = create_engine("sqlite:///./dairy.db", future=True)
    with sessionmaker(engine, expire_on_commit=False, class_=Session)() as opened:
        yield opened
        opened.commit()


@asynccontextmanager
async def async_session():
    engine = create_async_engine("sqlite+aiosqlite:///./dairy.db", pool_pre_ping=True)
    async with async_sessionmaker(engine)() as opened:
        yield opened
