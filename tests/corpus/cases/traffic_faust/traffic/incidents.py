import json

import redis


class Incidents:
    def __init__(self, address="redis://cache:6379/0"):
        self.wire = redis.Redis.from_url(address)

    def add(self, alert):
        key = f"incident:{alert['source']}"
        size = self.wire.rpush(key, json.dumps(alert))
        return {"source": alert["source"], "size": size} if size > 3 else None
