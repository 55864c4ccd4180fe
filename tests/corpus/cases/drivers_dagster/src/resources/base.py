"""Connections as Airflow keeps them, in a table of our own."""

import json
import os

from cryptography.fernet import Fernet
from sqlalchemy import Column, Integer, String, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import sessionmaker

Base = declarative_base()


class Connection(Base):
    __tablename__ = "connection"

    id = Column(Integer(), primary_key=True)
    name = Column(String(250), unique=True)
    host = Column(String(500))
    login = Column(String(500))
    _password = Column("password", String(5000))
    extra = Column(String(5000))

    @property
    def password(self) -> str:
        return Fernet(os.environ["FERNET"].encode()).decrypt(bytes(self._password, "utf-8")).decode()

    @property
    def more(self) -> dict:
        return json.loads(self.extra or "{}")


class BaseResource:
    def get_connection(self, name: str) -> Connection:
        engine = create_engine(f"sqlite:///{os.getenv('HOME')}/connections.db")
        with sessionmaker(engine)() as session:
            return session.query(Connection).filter(Connection.name == name).one()
