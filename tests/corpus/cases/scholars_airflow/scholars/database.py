"""The store of scholars and their papers."""

import os
from functools import cache

from sqlalchemy import create_engine, text
from sqlalchemy.orm import sessionmaker


def address_of(name):
    return f"{os.environ.get('SCHOLARS_STORE')}/{name}"


def engine_of(name: str, ping=False):
    return create_engine(address_of(name), pool_pre_ping=ping)


@cache
def kept_engine(name: str):
    return engine_of(name, ping=True)


def sessions_of(name: str):
    return sessionmaker(engine_of(name))


def drop(name: str):
    engine = engine_of("postgres")
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text(f"drop database {name}"))
