from sqlalchemy import Column, ForeignKey, String
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()


class Feed(Base):
    __tablename__ = "feeds"
    id = Column(String, primary_key=True)
    name = Column(String, unique=True)
    url = Column(String)
    state = Column(String)
    latest_id = Column(String, ForeignKey("datasets.id"))
    latest = relationship("Dataset")


class Dataset(Base):
    __tablename__ = "datasets"
    id = Column(String, primary_key=True)
    name = Column(String)
    hash = Column(String)
