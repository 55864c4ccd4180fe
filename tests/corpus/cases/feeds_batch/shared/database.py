import os
from functools import wraps

from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker


def engine():
    return create_engine(os.environ["FEEDS_DATABASE_URL"], pool_pre_ping=True)


def with_session(function):
    @wraps(function)
    def inner(*args, **kwargs):
        if kwargs.get("session") is not None:
            return function(*args, **kwargs)
        with sessionmaker(engine())() as session:
            return function(*args, session=session, **kwargs)

    return inner


def count(session: Session, model) -> int:
    return session.query(model).count()
