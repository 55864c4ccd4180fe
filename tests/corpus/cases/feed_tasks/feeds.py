import os

import feedparser
from celery import Celery
from celery.schedules import crontab
from sqlalchemy import Column, String, create_engine, select
from sqlalchemy.orm import Session, declarative_base

app = Celery("feeds", broker="redis://localhost:6379/0", backend="db+sqlite:///results.sqlite")
engine = create_engine(os.environ.get("FEEDS_URL", "postgresql://localhost/feeds"))
Base = declarative_base()


class Entry(Base):
    __tablename__ = "entries"
    link = Column(String, primary_key=True)
    title = Column(String)


@app.task
def fetched(url):
    return [{"link": one.link, "title": one.title} for one in feedparser.parse(url).entries]


def is_known(session, link):
    return session.execute(select(Entry).where(Entry.link == link)).first() is not None


@app.task
def stored(url):
    with Session(engine) as session:
        fresh = [Entry(**one) for one in fetched(url) if not is_known(session, one["link"])]
        session.add_all(fresh)
        session.commit()
        return len(fresh)


def enqueue(urls):
    return [stored.delay(url).id for url in urls]


def every_hour(url):
    app.conf.beat_schedule = {"hourly": {"task": stored.name, "schedule": crontab(minute=0), "args": [url]}}
