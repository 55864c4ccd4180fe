from dataclasses import asdict, dataclass
from datetime import datetime

from google.cloud import datastore


@dataclass
class Run:
    number: str
    feeds: int
    at: datetime


class Runs:
    def __init__(self):
        self.client = datastore.Client()

    def save(self, run: Run):
        entity = datastore.Entity(key=self.client.key("run", run.number))
        entity.update(asdict(run))
        self.client.put(entity)
