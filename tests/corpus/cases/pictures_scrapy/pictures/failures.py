import json


class Failures:
    def __init__(self, server):
        self.server = server

    def put(self, queue, mark, record):
        if self.server.sadd(f"{queue}:seen", mark):
            self.server.rpush(queue, json.dumps(record))
            return True
        return False
