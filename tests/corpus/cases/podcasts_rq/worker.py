import os

import redis
from rq import Queue, Worker

connection = redis.from_url(os.getenv("REDIS_URL", "redis://localhost:6379"))
queue = Queue("episodes", connection=connection)


def listen():
    Worker([queue], connection=connection).work()
